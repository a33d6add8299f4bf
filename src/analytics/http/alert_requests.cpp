#include "analytics/http/alert_requests.h"

#include <limits>

#include <fmt/format.h>

#include "analytics/domain/selection_json.h"
#include "core/json_reader.h"
#include "http/web_url.h"

namespace cloudcart::analytics {
namespace {

namespace json = boost::json;
using Errors = std::vector<FieldError>;

constexpr TextRule word_rule{.min = 1, .max = 50};
constexpr TextRule url_rule{.min = 1, .max = 500};
/// As long as it takes to be hard to guess.
constexpr TextRule secret_rule{.min = 16, .max = 200};
/// The largest figure: a trillion, or as many of the currency.
constexpr std::int64_t largest_figure = 1'000'000'000'000;
constexpr std::int64_t hundredths = 100;
constexpr Money least_percent{1}, most_percent{1'000'000 * hundredths};

const json::value* member(const json::value& body, std::string_view name) {
  const auto* object = body.if_object();
  const auto* value = object ? object->if_contains(name) : nullptr;
  return value && !value->is_null() ? value : nullptr;
}

/// A figure in units of the metric's last decimal; `least` likewise.
std::optional<std::int64_t> read_figure(FieldReader& reader, std::string_view name, Metric metric,
                                        std::int64_t least = std::numeric_limits<std::int64_t>::min()) {
  if (definition_of(metric).decimals == 0)
    return reader.optional_integer(name, std::max(least, -largest_figure), largest_figure);
  const Money most{largest_figure * hundredths};
  return reader.optional_money(name, Money{std::max(least, -most.minor_units())}, most)
      .transform([](Money figure) { return figure.minor_units(); });
}

/// Of a required field whose reader answers nothing for what is absent; a violation is noted once.
template <class T>
T required(FieldReader& reader, std::string_view name, std::optional<T> value) {
  if (!value && !reader.has(name)) reader.add_error(name, "is required");
  return value.value_or(T{});
}

/// A word of an enumeration; required where there is no fallback.
template <class Enum>
Enum read_word(FieldReader& reader, std::string_view name, std::optional<Enum> (*parse)(std::string_view),
               std::string_view words, std::optional<Enum> fallback = std::nullopt) {
  if (!reader.has(name)) return required(reader, name, fallback);
  const auto text = reader.optional_text(name, word_rule);
  const auto parsed = text ? parse(*text) : std::nullopt;
  if (text && !parsed) reader.add_error(name, fmt::format("must be one of {}", words));
  return parsed.value_or(Enum{});
}

Threshold read_threshold(FieldReader& reader, Metric metric) {
  Threshold threshold;
  threshold.side = read_word(reader, "side", parse_side, "above, below");
  threshold.value = required(reader, "value", read_figure(reader, "value", metric));
  threshold.clear_at = read_figure(reader, "clear_at", metric).value_or(threshold.value);
  const bool above = threshold.side == Side::above;
  if (above ? threshold.clear_at > threshold.value : threshold.clear_at < threshold.value)
    reader.add_error("clear_at", fmt::format("must not be {} value", to_string(threshold.side)));
  return threshold;
}

SuddenChange read_sudden_change(FieldReader& reader, Metric metric) {
  SuddenChange change;
  change.direction = read_word(reader, "direction", parse_direction, "up, down, either");
  const auto percent =
      required(reader, "percent", reader.optional_money("percent", least_percent, most_percent));
  const auto clear = reader.optional_money("clear_percent", least_percent, most_percent).value_or(percent);
  if (clear > percent) reader.add_error("clear_percent", "must not be above percent");
  change.percent = percent.minor_units();
  change.clear_percent = clear.minor_units();
  change.baseline = read_word(reader, "baseline", parse_baseline, "window_before, week_earlier",
                              std::optional{Baseline::window_before});
  change.minimum_baseline =
      required(reader, "minimum_baseline", read_figure(reader, "minimum_baseline", metric, 1));
  return change;
}

AlertCondition read_condition(const json::value& body, Metric metric, Errors& errors) {
  const auto* value = member(body, "condition");
  if (!value) {
    errors.push_back({"condition", "is required"});
    return {};
  }
  FieldReader reader(*value, "condition.", errors);
  const auto type = reader.text("type", word_rule);
  if (type == "threshold") return read_threshold(reader, metric);
  if (type == "sudden_change") return read_sudden_change(reader, metric);
  if (!type.empty()) reader.add_error("type", "must be one of threshold, sudden_change");
  return {};
}

std::optional<AlertDraft::Receiver> read_webhook(const json::value& body, Errors& errors) {
  const auto* value = member(body, "webhook");
  if (!value) return std::nullopt;
  FieldReader reader(*value, "webhook.", errors);
  AlertDraft::Receiver receiver{reader.text("url", url_rule), reader.optional_text("secret", secret_rule)};
  if (!receiver.url.empty() && !http::parse_web_url(receiver.url))
    reader.add_error("url", "must be an http or https address, without a user name and a fragment");
  return receiver;
}

Metric read_metric(FieldReader& reader) {
  const auto name = reader.text("metric", word_rule);
  const auto metric = parse_metric(name);
  if (!metric && !name.empty())
    reader.add_error("metric", "must be a metric that GET /api/analytics/schema lists");
  return metric.value_or(Metric::net_revenue);
}

}  // namespace

Result<AlertRequest> read_alert(const json::value& body) {
  Errors errors;
  FieldReader reader(body, "", errors);
  if (!body.is_object()) return fail(Error::validation({{"body", "must be a JSON object"}}));
  AlertRequest request;
  auto& draft = request.draft;
  draft.name = reader.text("name", {.min = 1, .max = max_alert_name_length});
  draft.metric = read_metric(reader);
  if (reader.has("filters"))
    if (const auto* filters = reader.array("filters", 0, max_selections))
      draft.selections = read_selections(*filters, "filters", errors);
  draft.window = std::chrono::minutes{reader.integer("window_minutes", 1, longest_alert_window.count())};
  draft.condition = read_condition(body, draft.metric, errors);
  const auto cool_down = reader.optional_integer("cool_down_minutes", 0, longest_cool_down.count());
  if (cool_down) draft.cool_down = std::chrono::minutes{*cool_down};
  draft.enabled = reader.optional_boolean("enabled").value_or(true);
  draft.webhook = read_webhook(body, errors);
  request.version = reader.optional_integer("version", 1, std::numeric_limits<std::int64_t>::max());
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return request;
}

}  // namespace cloudcart::analytics
