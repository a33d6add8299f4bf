#include "adapters/postgres/recommendation/experiment_rows.h"

#include <fmt/format.h>

#include "adapters/postgres/recommendation/plan_json.h"

namespace cloudcart::recommendation::tables {
namespace {

using postgres::Bytes;
using postgres::Query;
using postgres::query;
using postgres::Rows;

std::string select(std::string_view rest) {
  return fmt::format("SELECT {}, variants, guardrails FROM experiment {}", experiment_columns, rest);
}

}  // namespace

Query count_experiments(const TenantId& tenant) {
  return query("SELECT count(*) FROM experiment WHERE tenant = $1", tenant.value);
}

Query insert_experiment(const TenantId& tenant, const Experiment& experiment) {
  const auto& plan = experiment.plan;
  return query(
      "INSERT INTO experiment(tenant, experiment_id, name, placement, kind, status, bucket_key, seal_key,"
      " starts_at, ends_at, window_days, metric, expected_lift, negligible_lift, created_at, variants,"
      " guardrails) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"
      " ON CONFLICT DO NOTHING",
      tenant.value, experiment.id, plan.name, to_string(plan.placement), static_cast<int>(plan.kind),
      static_cast<int>(experiment.status), Bytes{bytes_of(experiment.keys.buckets)},
      Bytes{bytes_of(experiment.keys.seal)}, plan.starts_at, plan.ends_at,
      std::int64_t{plan.attribution_window.count()}, static_cast<int>(plan.metric), plan.expected_lift,
      plan.negligible_lift, experiment.created_at, variants_as_json(plan.variants),
      guardrails_as_json(plan.guardrails));
}

Query select_experiment(const TenantId& tenant, ExperimentId id) {
  return query(select("WHERE tenant = $1 AND experiment_id = $2"), tenant.value, id);
}

Query lock_experiments(const TenantId& tenant, const std::vector<ExperimentId>& ids) {
  return query(select("WHERE tenant = $1 AND experiment_id = ANY($2) ORDER BY number FOR NO KEY UPDATE"),
               tenant.value, ids);
}

Query lock_experiments_of(const TenantId& tenant) {
  return query(select("WHERE tenant = $1 ORDER BY number FOR NO KEY UPDATE"), tenant.value);
}

Query lock_started_experiments() {
  return query(select("WHERE status > 0 ORDER BY number FOR NO KEY UPDATE"));
}

Query is_any_started() {
  return query("SELECT EXISTS (SELECT FROM experiment WHERE status > 0)");
}

Query select_experiments_of(const TenantId& tenant) {
  return query(select("WHERE tenant = $1 ORDER BY created_at DESC, experiment_id DESC"), tenant.value);
}

Query select_live_experiments(Timestamp stopped_since) {
  return query(select("WHERE status = 1 OR (status = 2 AND stopped_at >= $1) ORDER BY tenant, experiment_id"),
               stopped_since);
}

Query select_running_on(const TenantId& tenant, TaskKind placement) {
  return query(select("WHERE tenant = $1 AND placement = $2 AND status = 1"), tenant.value,
               to_string(placement));
}

std::vector<NumberedExperiment> read_experiments(const Rows& rows) {
  std::vector<NumberedExperiment> found;
  found.reserve(rows.size());
  for (const auto row : rows) {
    found.push_back(read_experiment(row));
    auto& plan = found.back().experiment.plan;
    plan.variants = variants_of(row.text(count_experiment_columns));
    plan.guardrails = guardrails_of(row.text(count_experiment_columns + 1));
  }
  return found;
}

std::optional<NumberedExperiment> read_found_experiment(const Rows& rows) {
  auto found = read_experiments(rows);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Query update_status(const NumberedExperiment& numbered) {
  const auto& experiment = numbered.experiment;
  return query(
      "UPDATE experiment SET status = $2, started_at = $3, stopped_at = $4, stop_reason = $5 WHERE number = "
      "$1",
      numbered.number, static_cast<int>(experiment.status), experiment.started_at, experiment.stopped_at,
      experiment.stop_reason.transform([](StopReason reason) { return static_cast<int>(reason); }));
}

Query delete_experiment(std::int64_t number) {
  return query("DELETE FROM experiment WHERE number = $1", number);
}

Query add_subjects(std::int64_t number, std::int64_t count) {
  return query("UPDATE experiment SET subjects = subjects + $2 WHERE number = $1", number, count);
}

}  // namespace cloudcart::recommendation::tables
