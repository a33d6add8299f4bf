#pragma once

#include <optional>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "recommendation/columns/experiment_columns.h"

namespace cloudcart::recommendation {

/// The tables of plans; what belongs together is the caller's transaction. All throw sqlite::Failure.

std::size_t count_experiments(sqlite::Connection& connection, const TenantId& tenant);
/// False when the id is there already.
bool insert_experiment(sqlite::Connection& connection, const TenantId& tenant, const Experiment& experiment);
std::optional<NumberedExperiment> find_experiment(sqlite::Connection& connection, const TenantId& tenant,
                                                  const ExperimentId& id);
/// Of one shop, newest first.
std::vector<NumberedExperiment> experiments_of(sqlite::Connection& connection, const TenantId& tenant);
/// Of all shops, those that run and those that stopped at `stopped_since` or later; by tenant, then id.
std::vector<NumberedExperiment> live_experiments(sqlite::Connection& connection, Timestamp stopped_since);
/// Of all shops, those that have been started.
std::vector<NumberedExperiment> started_experiments(sqlite::Connection& connection);
/// The one that runs on a placement.
std::optional<NumberedExperiment> running_on(sqlite::Connection& connection, const TenantId& tenant,
                                             TaskKind placement);
void update_status(sqlite::Connection& connection, const NumberedExperiment& numbered);
void delete_experiment(sqlite::Connection& connection, std::int64_t number);
void add_subjects(sqlite::Connection& connection, std::int64_t number, std::int64_t count);

}  // namespace cloudcart::recommendation
