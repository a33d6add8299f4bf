#include "recommendation/http/experiment_answers.h"

namespace cloudcart::recommendation {
namespace {

/// Percent with two decimals are written as amounts are.
void write_percent(JsonWriter& json, std::string_view name, std::int64_t hundredths) {
  json.key(name).amount_number(Money{hundredths});
}

template <class Number>
std::optional<double> ratio(Number part, std::int64_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

/// Of minor units: in units of the currency.
std::optional<double> money_ratio(Money amount, std::int64_t whole) {
  return ratio(amount.minor_units(), whole).transform([](double minor) { return minor / 100; });
}

void write_interval(JsonWriter& json, std::string_view name, const std::optional<Interval>& interval) {
  json.key(name);
  if (!interval) {
    json.null();
    return;
  }
  json.begin_object().field("low", interval->low).field("high", interval->high).end_object();
}

void write_comparison(JsonWriter& json, const Comparison& comparison) {
  const auto unit = comparison.metric == ExperimentMetric::revenue_per_customer ? 100.0 : 1.0;
  json.begin_object().field("metric", to_string(comparison.metric));
  json.field("value", comparison.value / unit).field("control_value", comparison.control_value / unit);
  json.field("lift", comparison.lift);
  write_interval(json, "confidence_interval", comparison.interval);
  json.field("p_value", comparison.p_value);
  write_interval(json, "always_valid_interval", comparison.always_valid_interval);
  json.field("always_valid_p_value", comparison.always_valid_p_value).end_object();
}

void write_guardrail(JsonWriter& json, const Guardrail& guardrail) {
  json.field("metric", to_string(guardrail.metric));
  write_percent(json, "max_drop_percent", guardrail.max_drop);
  json.field("stops_experiment", guardrail.stops);
}

/// What everybody who was exposed did.
void write_tally(JsonWriter& json, const VariantTally& tally) {
  json.field("subjects", tally.subjects).field("customers", tally.customers);
  json.field("impressions", tally.impressions).field("clicks", tally.credit.clicks);
  json.field("clicks_per_impression", ratio(tally.credit.clicks, tally.impressions));
  json.field("clicking_subjects", tally.clicking_subjects);
  json.field("click_through", ratio(tally.clicking_subjects, tally.subjects));
  json.field("converting_customers", tally.converting_customers);
  json.field("conversion", ratio(tally.converting_customers, tally.customers));
  json.field("orders", tally.orders).key("revenue").amount_number(tally.revenue);
  json.field("revenue_per_customer", money_ratio(tally.revenue, tally.customers));
  json.key("click_revenue").amount_number(tally.credit.click_revenue);
  json.field("revenue_per_impression", money_ratio(tally.credit.click_revenue, tally.impressions));
}

void write_finding(JsonWriter& json, const Variant& variant, const VariantFinding& finding) {
  json.key("comparisons").begin_array();
  for (const auto& comparison : finding.comparisons) write_comparison(json, comparison);
  json.end_array().key("adjusted_p_value");
  variant.is_control ? json.null() : json.value(finding.adjusted_p_value);
  json.key("guardrails").begin_array();
  for (const auto& [guardrail, interval, is_broken] : finding.guardrails) {
    json.begin_object();
    write_guardrail(json, guardrail);
    write_interval(json, "always_valid_interval", interval);
    json.field("is_broken", is_broken).end_object();
  }
  json.end_array();
  json.field("verdict", finding.verdict.transform([](Verdict verdict) { return to_string(verdict); }));
}

void write_variants(JsonWriter& json, const ExperimentReport& report) {
  const auto& plan = report.experiment.plan;
  json.key("variants").begin_array();
  for (std::size_t i = 0; i < plan.variants.size(); ++i) {
    const auto& variant = plan.variants[i];
    json.begin_object().field("name", variant.name).field("algorithm", to_string(variant.algorithm));
    json.field("weight", variant.weight).field("is_control", variant.is_control);
    if (plan.kind == ExperimentKind::ab) write_tally(json, report.tallies[i]);
    write_finding(json, variant, report.findings.variants[i]);
    json.end_object();
  }
  json.end_array();
}

void write_team(JsonWriter& json, const Variant& variant, const Credit& credit) {
  json.begin_object().field("variant", variant.name).field("clicks", credit.clicks);
  json.field("bought_lines", credit.bought_lines).key("click_revenue").amount_number(credit.click_revenue);
  json.field("preferred_by_click", credit.first_clicks).field("preferred_by_purchase", credit.first_buys);
  json.end_object();
}

void write_preference(JsonWriter& json, std::string_view name, const PreferenceFinding& finding) {
  json.key(name).begin_object().field("second_share", finding.second_share);
  write_interval(json, "confidence_interval", finding.interval);
  json.field("p_value", finding.p_value);
  write_interval(json, "always_valid_interval", finding.always_valid_interval);
  json.field("always_valid_p_value", finding.always_valid_p_value).end_object();
}

void write_interleaving(JsonWriter& json, const ExperimentReport& report) {
  json.key("interleaving");
  const auto& [clicks, purchases] = std::tie(report.findings.clicks, report.findings.purchases);
  if (!clicks || !purchases) {
    json.null();
    return;
  }
  const auto& variants = report.experiment.plan.variants;
  const auto& tally = report.tallies.front();
  json.begin_object();
  write_tally(json, tally);
  json.key("teams").begin_array();
  write_team(json, variants[0], tally.first);
  write_team(json, variants[1], tally.second);
  json.end_array();
  write_preference(json, "by_click", *clicks);
  write_preference(json, "by_purchase", *purchases);
  json.end_object();
}

}  // namespace

void write_experiment(JsonWriter& json, const Experiment& experiment) {
  const auto& plan = experiment.plan;
  json.begin_object().field("id", experiment.id).field("name", plan.name);
  json.field("placement", to_string(plan.placement)).field("kind", to_string(plan.kind));
  json.field("status", to_string(experiment.status)).key("variants").begin_array();
  for (const auto& variant : plan.variants) {
    json.begin_object().field("name", variant.name).field("algorithm", to_string(variant.algorithm));
    json.field("weight", variant.weight).field("is_control", variant.is_control).end_object();
  }
  json.end_array().field("starts_at", plan.starts_at).field("ends_at", plan.ends_at);
  json.field("attribution_days", std::int64_t{plan.attribution_window.count()});
  json.field("metric", to_string(plan.metric));
  write_percent(json, "expected_lift_percent", plan.expected_lift);
  write_percent(json, "negligible_lift_percent", plan.negligible_lift);
  json.key("guardrails").begin_array();
  for (const auto& guardrail : plan.guardrails) {
    json.begin_object();
    write_guardrail(json, guardrail);
    json.end_object();
  }
  json.end_array().field("created_at", experiment.created_at).field("started_at", experiment.started_at);
  json.field("stopped_at", experiment.stopped_at);
  json.field("stop_reason",
             experiment.stop_reason.transform([](StopReason reason) { return to_string(reason); }));
  json.end_object();
}

JsonWriter report_json(const ExperimentReport& report) {
  const auto& [ratio_check, ratio_is_wrong] = std::tie(report.findings.ratio, report.findings.ratio_is_wrong);
  JsonWriter json;
  json.begin_object().key("experiment");
  write_experiment(json, report.experiment);
  json.field("as_of", report.at).field("events_behind", report.events_behind);
  json.field("verdict", to_string(report.findings.verdict));
  json.field("winner", report.findings.winner.transform(
                           [&](std::size_t place) { return report.experiment.plan.variants[place].name; }));
  json.key("sample_ratio").begin_object().field("chi_square", ratio_check.chi_square);
  json.field("p_value", ratio_check.p_value);
  json.field("always_valid_p_value", ratio_check.always_valid_p_value).field("is_wrong", ratio_is_wrong);
  json.end_object();
  write_variants(json, report);
  write_interleaving(json, report);
  json.end_object();
  return json;
}

}  // namespace cloudcart::recommendation
