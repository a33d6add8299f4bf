#pragma once

#include <optional>
#include <string_view>

#include "recommendation/ports/experiment_repository.h"

namespace cloudcart::recommendation {

/// How experiments are rows, for adapters that keep them in tables. A Row is any that reads columns by their number, from 0.

/// An experiment with the number that its subjects' rows begin with.
struct NumberedExperiment {
  std::int64_t number = 0;
  TenantId tenant;
  Experiment experiment;
  std::int64_t subjects = 0;
};

constexpr std::string_view experiment_columns =
    "number, tenant, experiment_id, name, placement, kind, status, bucket_key, seal_key, starts_at, ends_at, "
    "window_days, metric, expected_lift, negligible_lift, created_at, started_at, stopped_at, stop_reason, "
    "subjects";
constexpr int count_experiment_columns = 20;

inline std::string_view bytes_of(const SipKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

/// Of experiment_columns; without variants and guardrails.
template <class Row>
NumberedExperiment read_experiment(const Row& row) {
  const auto optional_time = [&](int column) { return row.optional_integer(column).transform(from_unix_ms); };
  const auto key = [&](int column) { return row.template id<Id<struct KeyTag>>(column).value.bytes; };
  NumberedExperiment numbered{.number = row.integer(0), .tenant = {row.string(1)}};
  auto& experiment = numbered.experiment;
  auto& plan = experiment.plan;
  experiment.id = row.template id<ExperimentId>(2);
  plan.name = row.string(3);
  plan.placement = parse_task(row.text(4)).value();
  plan.kind = static_cast<ExperimentKind>(row.integer(5));
  experiment.status = static_cast<ExperimentStatus>(row.integer(6));
  experiment.keys = {key(7), key(8)};
  plan.starts_at = optional_time(9);
  plan.ends_at = optional_time(10);
  plan.attribution_window = std::chrono::days{row.integer(11)};
  plan.metric = static_cast<ExperimentMetric>(row.integer(12));
  plan.expected_lift = row.integer(13);
  plan.negligible_lift = row.integer(14);
  experiment.created_at = row.timestamp(15);
  experiment.started_at = optional_time(16);
  experiment.stopped_at = optional_time(17);
  experiment.stop_reason =
      row.optional_integer(18).transform([](std::int64_t reason) { return static_cast<StopReason>(reason); });
  numbered.subjects = row.integer(19);
  return numbered;
}

}  // namespace cloudcart::recommendation
