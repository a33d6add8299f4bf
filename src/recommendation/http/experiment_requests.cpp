#include "recommendation/http/experiment_requests.h"

#include <fmt/format.h>

#include "core/json_reader.h"
#include "recommendation/domain/impression.h"

namespace cloudcart::recommendation {
namespace {

namespace json = boost::json;
using Errors = std::vector<FieldError>;

constexpr TextRule word_rule{.min = 1, .max = 50};
constexpr TextRule time_rule{.min = 1, .max = 40};
/// Percent with two decimals are read as amounts are: in hundredths.
constexpr Money least_percent{1}, most_percent{100'00}, most_drop{99'99};

/// A word of an enumeration; required where there is no fallback.
template <class Enum>
Enum read_word(FieldReader& reader, std::string_view name, std::optional<Enum> (*parse)(std::string_view),
               std::string_view words, std::optional<Enum> fallback = std::nullopt) {
  if (fallback && !reader.has(name)) return *fallback;
  const auto text = reader.text(name, word_rule);
  const auto parsed = parse(text);
  if (!text.empty() && !parsed) reader.add_error(name, fmt::format("must be one of {}", words));
  return parsed.value_or(Enum{});
}

constexpr std::string_view placement_words = "next, new, basket, also";
/// No route asks for a first order by itself: who has no orders is asked about as any customer is.
std::optional<TaskKind> parse_placement(std::string_view word) {
  const auto task = parse_task(word);
  return task == TaskKind::first_order ? std::nullopt : task;
}
constexpr std::string_view algorithm_words =
    "blend, co_purchase, local_ease, personal_frequency, discovery, trending, popular";
/// The autoencoder is for the offline tools: shops that serve do not train it.
std::optional<Algorithm> parse_served_algorithm(std::string_view word) {
  const auto algorithm = parse_algorithm(word);
  return algorithm == Algorithm::neural ? std::nullopt : algorithm;
}
constexpr std::string_view metric_words = "conversion, revenue_per_customer, click_through";

std::optional<Timestamp> read_time(FieldReader& reader, std::string_view name) {
  const auto text = reader.optional_text(name, time_rule);
  if (!text) return std::nullopt;
  const auto time = parse_rfc3339(*text);
  if (!time) reader.add_error(name, "must be a time as in RFC 3339, e.g. 2026-01-15T12:00:00Z");
  return time;
}

std::int64_t read_percent(FieldReader& reader, std::string_view name, std::int64_t fallback) {
  return reader.optional_money(name, least_percent, most_percent).value_or(Money{fallback}).minor_units();
}

std::vector<Variant> read_variants(FieldReader& body, Errors& errors) {
  std::vector<Variant> variants;
  const auto* list = body.array("variants", 2, max_variants);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    FieldReader reader((*list)[i], fmt::format("variants[{}].", i), errors);
    Variant variant{.name = reader.text("name", {.min = 1, .max = max_variant_name_length})};
    variant.algorithm = read_word(reader, "algorithm", parse_served_algorithm, algorithm_words);
    variant.weight = reader.optional_integer("weight", 1, max_weight).value_or(1);
    variant.is_control = reader.optional_boolean("is_control").value_or(false);
    variants.push_back(std::move(variant));
  }
  return variants;
}

std::vector<Guardrail> read_guardrails(FieldReader& body, Errors& errors) {
  std::vector<Guardrail> guardrails;
  if (!body.has("guardrails")) return guardrails;
  const auto* list = body.array("guardrails", 0, max_guardrails);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    FieldReader reader((*list)[i], fmt::format("guardrails[{}].", i), errors);
    Guardrail guardrail{.metric = read_word(reader, "metric", parse_experiment_metric, metric_words)};
    guardrail.max_drop = reader.money("max_drop_percent", Money{}, most_drop).minor_units();
    guardrail.stops = reader.optional_boolean("stops_experiment").value_or(false);
    guardrails.push_back(guardrail);
  }
  return guardrails;
}

}  // namespace

Result<ExperimentPlan> read_plan(const json::value& body) {
  if (!body.is_object()) return fail(Error::validation({{"body", "must be a JSON object"}}));
  Errors errors;
  FieldReader reader(body, "", errors);
  ExperimentPlan plan;
  plan.name = reader.text("name", {.min = 1, .max = max_experiment_name_length});
  plan.placement = read_word(reader, "placement", parse_placement, placement_words);
  plan.kind =
      read_word(reader, "kind", parse_experiment_kind, "ab, interleaving", std::optional{ExperimentKind::ab});
  plan.variants = read_variants(reader, errors);
  plan.starts_at = read_time(reader, "starts_at");
  plan.ends_at = read_time(reader, "ends_at");
  if (const auto days = reader.optional_integer("attribution_days", 1, longest_attribution_window.count()))
    plan.attribution_window = std::chrono::days{*days};
  const auto usual = plan.kind == ExperimentKind::interleaving ? ExperimentMetric::click_through
                                                               : ExperimentMetric::conversion;
  plan.metric = read_word(reader, "metric", parse_experiment_metric, metric_words, std::optional{usual});
  plan.expected_lift = read_percent(reader, "expected_lift_percent", plan.expected_lift);
  plan.negligible_lift = read_percent(reader, "negligible_lift_percent", plan.negligible_lift);
  plan.guardrails = read_guardrails(reader, errors);
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return plan;
}

Result<std::vector<ClientFeedback>> read_feedback(const json::value& body) {
  if (!body.is_object()) return fail(Error::validation({{"body", "must be a JSON object"}}));
  Errors errors;
  FieldReader reader(body, "", errors);
  std::vector<ClientFeedback> feedback;
  const auto* list = reader.array("events", 1, RecordFeedback::max_events);
  for (std::size_t i = 0; list && i < list->size(); ++i) {
    FieldReader event((*list)[i], fmt::format("events[{}].", i), errors);
    const auto type = event.text("type", word_rule);
    ClientFeedback said{.impression = event.text("impression", {.min = 1, .max = max_sealed_length})};
    if (type == "click") {
      said.clicked = event.id<ProductId>("product_id");
    } else if (!type.empty() && type != "impression") {
      event.add_error("type", "must be one of impression, click");
    }
    feedback.push_back(std::move(said));
  }
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return feedback;
}

}  // namespace cloudcart::recommendation
