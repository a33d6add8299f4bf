#include "adapters/sqlite/recommendation/experiment_rows.h"

#include <algorithm>

#include <fmt/format.h>

namespace cloudcart::recommendation {
namespace {

using sqlite::Connection;
using sqlite::Statement;

void read_parts(Connection& connection, NumberedExperiment& numbered) {
  auto& plan = numbered.experiment.plan;
  auto variants = connection.prepare(
      "SELECT name, algorithm, weight, is_control FROM variant WHERE experiment = ? ORDER BY place");
  variants.bind(numbered.number);
  while (variants.step())
    plan.variants.push_back({variants.string(0), parse_algorithm(variants.text(1)).value(),
                             variants.integer(2), variants.boolean(3)});
  auto guardrails =
      connection.prepare("SELECT metric, max_drop, stops FROM guardrail WHERE experiment = ? ORDER BY place");
  guardrails.bind(numbered.number);
  while (guardrails.step())
    plan.guardrails.push_back(
        {static_cast<ExperimentMetric>(guardrails.integer(0)), guardrails.integer(1), guardrails.boolean(2)});
}

std::vector<NumberedExperiment> all(Connection& connection, Statement rows) {
  std::vector<NumberedExperiment> found;
  while (rows.step()) found.push_back(read_experiment(rows));
  for (auto& numbered : found) read_parts(connection, numbered);
  return found;
}

std::optional<NumberedExperiment> one(Connection& connection, Statement rows) {
  auto found = all(connection, std::move(rows));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::string select(std::string_view rest) {
  return fmt::format("SELECT {} FROM experiment {}", experiment_columns, rest);
}

void insert_parts(Connection& connection, std::int64_t number, const ExperimentPlan& plan) {
  for (std::size_t i = 0; i < plan.variants.size(); ++i) {
    const auto& variant = plan.variants[i];
    connection
        .prepare(
            "INSERT INTO variant(experiment, place, name, algorithm, weight, is_control) "
            "VALUES(?, ?, ?, ?, ?, ?)")
        .bind_all(number, static_cast<std::int64_t>(i), variant.name, to_string(variant.algorithm),
                  variant.weight, variant.is_control)
        .run();
  }
  for (std::size_t i = 0; i < plan.guardrails.size(); ++i) {
    const auto& guardrail = plan.guardrails[i];
    connection
        .prepare("INSERT INTO guardrail(experiment, place, metric, max_drop, stops) VALUES(?, ?, ?, ?, ?)")
        .bind_all(number, static_cast<std::int64_t>(i), static_cast<int>(guardrail.metric),
                  guardrail.max_drop, guardrail.stops)
        .run();
  }
}

}  // namespace

std::size_t count_experiments(Connection& connection, const TenantId& tenant) {
  auto row = connection.prepare("SELECT count(*) FROM experiment WHERE tenant = ?");
  row.bind(tenant.value).step();
  return static_cast<std::size_t>(row.integer(0));
}

bool insert_experiment(Connection& connection, const TenantId& tenant, const Experiment& experiment) {
  const auto& plan = experiment.plan;
  auto insert = connection.prepare(
      "INSERT OR IGNORE INTO experiment(tenant, experiment_id, name, placement, kind, status, bucket_key, "
      "seal_key, starts_at, ends_at, window_days, metric, expected_lift, negligible_lift, created_at) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind_all(tenant.value, experiment.id, plan.name, to_string(plan.placement),
                  static_cast<int>(plan.kind), static_cast<int>(experiment.status));
  insert.bind_blob(bytes_of(experiment.keys.buckets)).bind_blob(bytes_of(experiment.keys.seal));
  insert.bind_all(plan.starts_at, plan.ends_at, std::int64_t{plan.attribution_window.count()},
                  static_cast<int>(plan.metric), plan.expected_lift, plan.negligible_lift,
                  experiment.created_at);
  insert.run();
  if (connection.changes() == 0) return false;
  insert_parts(connection, connection.last_insert_rowid(), plan);
  return true;
}

std::optional<NumberedExperiment> find_experiment(Connection& connection, const TenantId& tenant,
                                                  const ExperimentId& id) {
  auto row = connection.prepare(select("WHERE tenant = ? AND experiment_id = ?"));
  row.bind_all(tenant.value, id);
  return one(connection, std::move(row));
}

std::vector<NumberedExperiment> experiments_of(Connection& connection, const TenantId& tenant) {
  auto rows = connection.prepare(select("WHERE tenant = ? ORDER BY created_at DESC, experiment_id DESC"));
  rows.bind(tenant.value);
  return all(connection, std::move(rows));
}

std::vector<NumberedExperiment> live_experiments(Connection& connection, Timestamp stopped_since) {
  auto rows = connection.prepare(
      select("WHERE status = 1 OR (status = 2 AND stopped_at >= ?) ORDER BY tenant, experiment_id"));
  rows.bind(stopped_since);
  return all(connection, std::move(rows));
}

std::vector<NumberedExperiment> started_experiments(Connection& connection) {
  return all(connection, connection.prepare(select("WHERE status > 0 ORDER BY number")));
}

std::optional<NumberedExperiment> running_on(Connection& connection, const TenantId& tenant,
                                             TaskKind placement) {
  auto row = connection.prepare(select("WHERE tenant = ? AND placement = ? AND status = 1"));
  row.bind_all(tenant.value, to_string(placement));
  return one(connection, std::move(row));
}

void update_status(Connection& connection, const NumberedExperiment& numbered) {
  const auto& experiment = numbered.experiment;
  connection
      .prepare(
          "UPDATE experiment SET status = ?, started_at = ?, stopped_at = ?, stop_reason = ? WHERE number = "
          "?")
      .bind_all(static_cast<int>(experiment.status), experiment.started_at, experiment.stopped_at,
                experiment.stop_reason.transform([](StopReason reason) { return static_cast<int>(reason); }),
                numbered.number)
      .run();
}

void delete_experiment(Connection& connection, std::int64_t number) {
  for (const auto* sql :
       {"DELETE FROM variant WHERE experiment = ?", "DELETE FROM guardrail WHERE experiment = ?",
        "DELETE FROM experiment WHERE number = ?"})
    connection.prepare(sql).bind(number).run();
}

void add_subjects(Connection& connection, std::int64_t number, std::int64_t count) {
  connection.prepare("UPDATE experiment SET subjects = subjects + ? WHERE number = ?")
      .bind_all(count, number)
      .run();
}

}  // namespace cloudcart::recommendation
