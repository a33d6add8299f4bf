#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/money.h"
#include "recommendation/domain/experiment.h"
#include "recommendation/domain/experiment_statistics.h"

namespace cloudcart::recommendation {

/// What one team of an interleaving has brought, or all of a variant.
struct Credit {
  std::int64_t clicks = 0;
  std::int64_t bought_lines = 0;  ///< lines of orders that hold a product the subject had clicked
  Money click_revenue;            ///< of these lines
  std::int64_t first_clicks = 0;  ///< subjects whose first click it is
  std::int64_t first_buys = 0;    ///< subjects whose first such line it is
  bool operator==(const Credit&) const = default;
};

/// The sums over the subjects of one variant; of all subjects when interleaving.
struct VariantTally {
  std::int64_t subjects = 0;   ///< exposed: they have seen an answer of the experiment
  std::int64_t customers = 0;  ///< of them, who can order
  std::int64_t impressions = 0;
  std::int64_t clicking_subjects = 0;
  std::int64_t converting_customers = 0;  ///< with an order that stands, within the window
  std::int64_t orders = 0;
  Money revenue;               ///< of these orders, all their lines
  double revenue_squares = 0;  ///< the sum of the squares of each customer's revenue, in minor units
  Credit credit;               ///< of all clicks
  Credit first, second;        ///< of either variant's products, when interleaving
  bool operator==(const VariantTally&) const = default;
};

enum class Verdict : std::uint8_t {
  undecided,      ///< not enough is known, or the ratio of subjects is wrong
  winner,         ///< better than the control
  harmful,        ///< worse than the control, or a guardrail is broken
  no_difference,  ///< none that would be worth having
};
std::string_view to_string(Verdict verdict);

/// The chance of a false finding about an experiment's deciding metric, over all its variants and for as long as it
/// runs. Guardrails together have the same chance once more.
constexpr double experiment_alpha = 0.05;
/// The ratio of subjects is taken for wrong when chance makes one like it in less than so many cases.
constexpr double ratio_alpha = 0.01;

struct Comparison {
  ExperimentMetric metric = ExperimentMetric::conversion;
  double value = 0;          ///< of the variant
  double control_value = 0;  ///< money in minor units
  std::optional<double> lift;
  std::optional<Interval> interval;               ///< fixed horizon, 95 %
  double p_value = 1;                             ///< fixed horizon
  std::optional<Interval> always_valid_interval;  ///< 95 % for all variants together
  double always_valid_p_value = 1;
};

struct GuardrailFinding {
  Guardrail guardrail;
  std::optional<Interval> always_valid_interval;  ///< of the lift; 95 % for all guardrails together
  bool is_broken = false;                         ///< all of it is below the fall that is allowed
};

struct VariantFinding {
  std::vector<Comparison> comparisons;  ///< with the control, by metric; none for the control itself
  double adjusted_p_value = 1;          ///< always valid, of the deciding metric, for all variants (Holm)
  std::vector<GuardrailFinding> guardrails;
  std::optional<Verdict> verdict;  ///< empty: the control
};

/// Which of two interleaved variants subjects prefer.
struct PreferenceFinding {
  std::int64_t first = 0;  ///< subjects who prefer it
  std::int64_t second = 0;
  std::optional<double> second_share;
  std::optional<Interval> interval;
  double p_value = 1;
  std::optional<Interval> always_valid_interval;
  double always_valid_p_value = 1;
};

struct ExperimentFindings {
  RatioCheck ratio;
  bool ratio_is_wrong = false;
  std::vector<VariantFinding> variants;  ///< in the order of the plan
  /// When interleaving: by the first click of each subject, which decides, and by the first such purchase.
  std::optional<PreferenceFinding> clicks, purchases;
  Verdict verdict = Verdict::undecided;
  std::optional<std::size_t> winner;  ///< the best of the winners
  bool must_stop = false;             ///< a guardrail that stops the experiment is broken
};

/// The figure of a metric, subject by subject.
Sample sample_of(const VariantTally& tally, ExperimentMetric metric);

/// Judges an experiment by its tallies, one per variant of the plan; one in all when interleaving.
ExperimentFindings judge(const ExperimentPlan& plan, std::span<const VariantTally> tallies);

}  // namespace cloudcart::recommendation
