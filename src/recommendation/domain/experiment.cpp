#include "recommendation/domain/experiment.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "core/words.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::array<std::string_view, 2> kind_words{"ab", "interleaving"};
constexpr std::array<std::string_view, 3> status_words{"draft", "running", "stopped"};
constexpr std::array<std::string_view, 3> reason_words{"staff", "ended", "guardrail"};
constexpr std::array<std::string_view, 3> metric_words{"conversion", "revenue_per_customer", "click_through"};

void check_variants(const ExperimentPlan& plan, std::vector<FieldError>& errors) {
  const auto& variants = plan.variants;
  if (variants.size() < 2 || variants.size() > max_variants)
    errors.push_back({"variants", fmt::format("must be 2 to {} variants", max_variants)});
  if (std::ranges::count_if(variants, &Variant::is_control) != 1)
    errors.push_back({"variants", "must have exactly one variant with is_control true"});
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const auto field = [i](std::string_view name) { return fmt::format("variants[{}].{}", i, name); };
    const auto& [name, algorithm, weight, is_control] = variants[i];
    if (!names.insert(name).second) errors.push_back({field("name"), "is the name of another variant too"});
    if (weight < 1 || weight > max_weight)
      errors.push_back({field("weight"), fmt::format("must be 1 to {}", max_weight)});
    if (!answers(algorithm, plan.placement))
      errors.push_back({field("algorithm"), fmt::format("{} has no answers of its own for {}",
                                                        to_string(algorithm), to_string(plan.placement))});
  }
  if (plan.kind != ExperimentKind::interleaving || variants.size() < 2) return;
  if (variants.size() != 2) errors.push_back({"variants", "must be 2 variants when kind is interleaving"});
  if (variants[0].weight != variants[1].weight)
    errors.push_back(
        {"variants", "must have equal weights when kind is interleaving: both are in each answer"});
  if (variants[0].algorithm == variants[1].algorithm)
    errors.push_back({"variants", "must have different algorithms when kind is interleaving"});
}

}  // namespace

std::string_view to_string(ExperimentKind kind) {
  return word_of(kind_words, kind);
}
std::optional<ExperimentKind> parse_experiment_kind(std::string_view word) {
  return parse_word<ExperimentKind>(kind_words, word);
}
std::string_view to_string(ExperimentStatus status) {
  return word_of(status_words, status);
}
std::string_view to_string(StopReason reason) {
  return word_of(reason_words, reason);
}
std::string_view to_string(ExperimentMetric metric) {
  return word_of(metric_words, metric);
}
std::optional<ExperimentMetric> parse_experiment_metric(std::string_view word) {
  return parse_word<ExperimentMetric>(metric_words, word);
}

std::size_t ExperimentPlan::control() const {
  return static_cast<std::size_t>(std::ranges::find_if(variants, &Variant::is_control) - variants.begin());
}

std::vector<FieldError> violations(const ExperimentPlan& plan) {
  std::vector<FieldError> errors;
  check_variants(plan, errors);
  if (plan.starts_at && plan.ends_at && *plan.ends_at <= *plan.starts_at)
    errors.push_back({"ends_at", "must be after starts_at"});
  if (plan.kind == ExperimentKind::interleaving && plan.metric != ExperimentMetric::click_through)
    errors.push_back({"metric", "must be click_through when kind is interleaving"});
  if (plan.kind == ExperimentKind::interleaving && !plan.guardrails.empty())
    errors.push_back({"guardrails", "must be none when kind is interleaving: everybody sees both variants"});
  std::set<ExperimentMetric> guarded;
  for (std::size_t i = 0; i < plan.guardrails.size(); ++i)
    if (!guarded.insert(plan.guardrails[i].metric).second)
      errors.push_back({fmt::format("guardrails[{}].metric", i), "has a guardrail already"});
  return errors;
}

bool Experiment::is_live(Timestamp now) const {
  if (status != ExperimentStatus::running) return false;
  return (!plan.starts_at || *plan.starts_at <= now) && (!plan.ends_at || now < *plan.ends_at);
}

std::size_t variant_of(const Experiment& experiment, const Subject& subject) {
  const auto& variants = experiment.plan.variants;
  if (experiment.plan.kind == ExperimentKind::interleaving) return 0;
  std::string message{subject.id.as_bytes()};
  message.push_back(subject.is_customer ? 'c' : 'v');
  std::uint64_t sum = 0;
  for (const auto& variant : variants) sum += static_cast<std::uint64_t>(variant.weight);
  // The high half of the product: 0 … sum - 1, each as often as any other to within 2^-50.
  __extension__ using Wide = unsigned __int128;
  auto left = static_cast<std::uint64_t>((Wide{sip_hash(experiment.keys.buckets, message)} * sum) >> 64);
  std::size_t place = 0;
  while (left >= static_cast<std::uint64_t>(variants[place].weight))
    left -= static_cast<std::uint64_t>(variants[place++].weight);
  return place;
}

}  // namespace cloudcart::recommendation
