#include "recommendation/domain/experiment_report.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace cloudcart::recommendation {
namespace {

constexpr double hundredths_of_percent = 10'000;

double units(Money amount) {
  return static_cast<double>(amount.minor_units());
}

Comparison compare(const ExperimentPlan& plan, const VariantTally& control, const VariantTally& variant,
                   ExperimentMetric metric) {
  const auto before = sample_of(control, metric), after = sample_of(variant, metric);
  const LiftTest test(before, after, static_cast<double>(plan.expected_lift) / hundredths_of_percent);
  const auto compared = static_cast<double>(plan.variants.size() - 1);
  return {.metric = metric,
          .value = after.mean,
          .control_value = before.mean,
          .lift = test.lift(),
          .interval = test.interval(experiment_alpha),
          .p_value = test.p_value(),
          .always_valid_interval = test.always_valid_interval(experiment_alpha / compared),
          .always_valid_p_value = test.always_valid_p_value()};
}

GuardrailFinding check_guardrail(const ExperimentPlan& plan, const Guardrail& guardrail,
                                 const VariantTally& control, const VariantTally& variant) {
  const LiftTest test(sample_of(control, guardrail.metric), sample_of(variant, guardrail.metric),
                      static_cast<double>(plan.expected_lift) / hundredths_of_percent);
  const auto checks = static_cast<double>((plan.variants.size() - 1) * plan.guardrails.size());
  GuardrailFinding finding{guardrail, test.always_valid_interval(experiment_alpha / checks), false};
  const auto allowed = -static_cast<double>(guardrail.max_drop) / hundredths_of_percent;
  finding.is_broken = finding.always_valid_interval && finding.always_valid_interval->high < allowed;
  return finding;
}

const Comparison& deciding(const ExperimentPlan& plan, const VariantFinding& finding) {
  return *std::ranges::find(finding.comparisons, plan.metric, &Comparison::metric);
}

/// Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979.
void adjust_for_all(const ExperimentPlan& plan, std::vector<VariantFinding>& findings) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (i != plan.control()) order.push_back(i);
  const auto p_of = [&](std::size_t i) { return deciding(plan, findings[i]).always_valid_p_value; };
  std::ranges::sort(order, {}, p_of);
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const auto p = static_cast<double>(order.size() - rank) * p_of(order[rank]);
    largest = std::max(largest, std::min(1.0, p));
    findings[order[rank]].adjusted_p_value = largest;
  }
}

Verdict verdict_on(const ExperimentPlan& plan, const VariantFinding& finding) {
  if (std::ranges::any_of(finding.guardrails, &GuardrailFinding::is_broken)) return Verdict::harmful;
  const auto& comparison = deciding(plan, finding);
  if (finding.adjusted_p_value <= experiment_alpha)
    return comparison.value > comparison.control_value ? Verdict::winner : Verdict::harmful;
  const auto& interval = comparison.always_valid_interval;
  const auto negligible = static_cast<double>(plan.negligible_lift) / hundredths_of_percent;
  if (interval && -negligible < interval->low && interval->high < negligible) return Verdict::no_difference;
  return Verdict::undecided;
}

/// Of several winners, the one that lifts most; else harm, which somebody should see to, before the rest.
void decide(const ExperimentPlan& plan, ExperimentFindings& findings) {
  std::array<std::size_t, 4> count{};
  for (std::size_t i = 0; i < findings.variants.size(); ++i) {
    const auto& finding = findings.variants[i];
    if (!finding.verdict) continue;
    ++count[static_cast<std::size_t>(*finding.verdict)];
    if (*finding.verdict != Verdict::winner) continue;
    const auto value = [&](std::size_t place) { return deciding(plan, findings.variants[place]).value; };
    if (!findings.winner || value(i) > value(*findings.winner)) findings.winner = i;
  }
  const auto has = [&](Verdict verdict) { return count[static_cast<std::size_t>(verdict)] > 0; };
  if (has(Verdict::winner)) {
    findings.verdict = Verdict::winner;
  } else if (has(Verdict::harmful)) {
    findings.verdict = Verdict::harmful;
  } else if (has(Verdict::no_difference) && !has(Verdict::undecided)) {
    findings.verdict = Verdict::no_difference;
  }
}

PreferenceFinding preference(std::int64_t first, std::int64_t second) {
  const PreferenceTest test(second, first);
  return {.first = first,
          .second = second,
          .second_share = test.share(),
          .interval = test.interval(experiment_alpha),
          .p_value = test.p_value(),
          .always_valid_interval = test.always_valid_interval(experiment_alpha),
          .always_valid_p_value = test.always_valid_p_value()};
}

ExperimentFindings judge_interleaving(const ExperimentPlan& plan, const VariantTally& tally) {
  const auto& first = tally.first;
  const auto& second = tally.second;
  ExperimentFindings findings{.variants = std::vector<VariantFinding>(plan.variants.size())};
  findings.clicks = preference(first.first_clicks, second.first_clicks);
  findings.purchases = preference(first.first_buys, second.first_buys);
  const auto control = plan.control(), other = 1 - control;
  auto& finding = findings.variants[other];
  finding.adjusted_p_value = findings.clicks->always_valid_p_value;
  finding.verdict = Verdict::undecided;
  if (finding.adjusted_p_value <= experiment_alpha) {
    const bool second_preferred = findings.clicks->second > findings.clicks->first;
    finding.verdict = second_preferred == (other == 1) ? Verdict::winner : Verdict::harmful;
  } else if (const auto& interval = findings.clicks->always_valid_interval) {
    // As an odds ratio of preferences near one half, a lift of x moves the share by x/4.
    const auto negligible = static_cast<double>(plan.negligible_lift) / hundredths_of_percent / 4;
    if (0.5 - negligible < interval->low && interval->high < 0.5 + negligible)
      finding.verdict = Verdict::no_difference;
  }
  findings.verdict = *finding.verdict;
  if (findings.verdict == Verdict::winner) findings.winner = other;
  return findings;
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::undecided:
      return "undecided";
    case Verdict::winner:
      return "winner";
    case Verdict::harmful:
      return "harmful";
    case Verdict::no_difference:
      return "no_difference";
  }
  return {};
}

Sample sample_of(const VariantTally& tally, ExperimentMetric metric) {
  const auto customers = static_cast<double>(tally.customers);
  const auto converting = static_cast<double>(tally.converting_customers);
  switch (metric) {
    case ExperimentMetric::conversion:
      return Sample::of(customers, converting, converting, converting);
    case ExperimentMetric::revenue_per_customer:
      return Sample::of(customers, converting, units(tally.revenue), tally.revenue_squares);
    case ExperimentMetric::click_through: {
      const auto clicking = static_cast<double>(tally.clicking_subjects);
      return Sample::of(static_cast<double>(tally.subjects), clicking, clicking, clicking);
    }
  }
  return {};
}

ExperimentFindings judge(const ExperimentPlan& plan, std::span<const VariantTally> tallies) {
  if (plan.kind == ExperimentKind::interleaving) return judge_interleaving(plan, tallies.front());
  ExperimentFindings findings;
  std::vector<std::int64_t> counts, weights;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    counts.push_back(tallies[i].subjects);
    weights.push_back(plan.variants[i].weight);
  }
  findings.ratio = check_ratio(counts, weights);
  findings.ratio_is_wrong = findings.ratio.always_valid_p_value < ratio_alpha;
  const auto control = plan.control();
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    auto& finding = findings.variants.emplace_back();
    if (i == control) continue;
    for (const auto metric : all_experiment_metrics)
      finding.comparisons.push_back(compare(plan, tallies[control], tallies[i], metric));
    for (const auto& guardrail : plan.guardrails)
      finding.guardrails.push_back(check_guardrail(plan, guardrail, tallies[control], tallies[i]));
  }
  adjust_for_all(plan, findings.variants);
  for (std::size_t i = 0; i < findings.variants.size(); ++i) {
    auto& finding = findings.variants[i];
    if (i == control) continue;
    // Guardrails hold even then: they are there for the customers' sake, not for the figures'.
    finding.verdict = findings.ratio_is_wrong ? Verdict::undecided : verdict_on(plan, finding);
    for (const auto& guardrail : finding.guardrails)
      findings.must_stop |= guardrail.is_broken && guardrail.guardrail.stops;
  }
  decide(plan, findings);
  return findings;
}

}  // namespace cloudcart::recommendation
