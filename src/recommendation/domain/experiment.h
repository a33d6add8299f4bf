#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/timestamp.h"
#include "recommendation/domain/question.h"
#include "recommendation/domain/sip_hash.h"

namespace cloudcart::recommendation {

using ExperimentId = Id<struct ExperimentTag>;

/// Who is experimented with: a customer, or somebody who is not signed in, by an id that the client has made.
/// A visitor who names a customer's id is not taken for that customer.
struct Subject {
  Uuid id;
  bool is_customer = false;

  static Subject customer(UserId user) { return {user.value, true}; }
  static Subject visitor(Uuid id) { return {id, false}; }
  auto operator<=>(const Subject&) const = default;
};

/// ab: each subject gets one variant's answers. interleaving: each answer mixes those of both variants, and a
/// subject's own clicks choose between them, which takes far fewer subjects, but says nothing of revenue.
enum class ExperimentKind : std::uint8_t { ab, interleaving };
std::string_view to_string(ExperimentKind kind);
std::optional<ExperimentKind> parse_experiment_kind(std::string_view word);

/// draft → running → stopped.
enum class ExperimentStatus : std::uint8_t { draft, running, stopped };
std::string_view to_string(ExperimentStatus status);

enum class StopReason : std::uint8_t { staff, ended, guardrail };
std::string_view to_string(StopReason reason);

/// What variants are compared by: a mean over subjects, because what one subject does again and again is not
/// independent.
enum class ExperimentMetric : std::uint8_t {
  conversion,            ///< customers with an order, of the customers exposed
  revenue_per_customer,  ///< of the customers exposed
  click_through,         ///< subjects with a click, of the subjects exposed
};
constexpr std::array all_experiment_metrics{
    ExperimentMetric::conversion, ExperimentMetric::revenue_per_customer, ExperimentMetric::click_through};
std::string_view to_string(ExperimentMetric metric);
std::optional<ExperimentMetric> parse_experiment_metric(std::string_view word);

struct Variant {
  std::string name;
  Algorithm algorithm = Algorithm::blend;
  std::int64_t weight = 1;
  bool is_control = false;
  bool operator==(const Variant&) const = default;
};

/// A metric that must not fall by more than `max_drop` against the control; in hundredths of a percent.
struct Guardrail {
  ExperimentMetric metric = ExperimentMetric::conversion;
  std::int64_t max_drop = 0;
  bool stops = false;  ///< the experiment, once the fall is proven
  bool operator==(const Guardrail&) const = default;
};

constexpr std::size_t max_variants = 5;
constexpr std::size_t max_guardrails = 5;
constexpr std::int64_t max_weight = 1000;
constexpr std::size_t max_experiment_name_length = 100;
constexpr std::size_t max_variant_name_length = 50;
constexpr std::chrono::days longest_attribution_window{90};

/// What is tried out. Fixed once the experiment has started: a plan that changes half-way through proves
/// nothing.
struct ExperimentPlan {
  std::string name;
  TaskKind placement = TaskKind::next_order;
  ExperimentKind kind = ExperimentKind::ab;
  std::vector<Variant> variants;       ///< exactly one is the control
  std::optional<Timestamp> starts_at;  ///< empty: when it is started
  std::optional<Timestamp> ends_at;    ///< empty: when it is stopped
  std::chrono::days attribution_window{7};
  ExperimentMetric metric = ExperimentMetric::conversion;  ///< that decides
  std::int64_t expected_lift = 1000;   ///< of the metric, hundredths of a percent; the test is quickest there
  std::int64_t negligible_lift = 200;  ///< below this, either way, there is no difference worth having
  std::vector<Guardrail> guardrails;
  bool operator==(const ExperimentPlan&) const = default;

  std::size_t control() const;  ///< its place among the variants
};

/// Every violation, each naming its field as requests do; empty when the plan can be carried out.
std::vector<FieldError> violations(const ExperimentPlan& plan);

/// Secrets of an experiment. They make experiments independent of each other, and keep clients from working
/// out which visitor id gets which variant, and from making up impressions.
struct ExperimentKeys {
  SipKey buckets{};
  SipKey seal{};
  bool operator==(const ExperimentKeys&) const = default;
};

struct Experiment {
  ExperimentId id;
  ExperimentPlan plan;
  ExperimentKeys keys;
  ExperimentStatus status = ExperimentStatus::draft;
  Timestamp created_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> stopped_at;
  std::optional<StopReason> stop_reason;
  bool operator==(const Experiment&) const = default;

  /// Whether answers are part of it at `now`.
  bool is_live(Timestamp now) const;
};

/// The place of the subject's variant: always the same while the weights stand, in proportion to them, and
/// independent of the subject's variants in other experiments. 0 when interleaving.
std::size_t variant_of(const Experiment& experiment, const Subject& subject);

}  // namespace cloudcart::recommendation
