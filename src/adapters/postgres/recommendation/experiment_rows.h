#pragma once

#include "adapters/postgres/store/query.h"
#include "recommendation/columns/experiment_columns.h"

namespace cloudcart::recommendation::tables {

/// The statements on the table of plans; what belongs together is the caller's transaction.

postgres::Query count_experiments(const TenantId& tenant);
/// Does nothing when the id is there already.
postgres::Query insert_experiment(const TenantId& tenant, const Experiment& experiment);
postgres::Query select_experiment(const TenantId& tenant, ExperimentId id);
/// Those of these ids, in order of number, for whoever changes what they add up to: nobody else does until the end of
/// the transaction.
postgres::Query lock_experiments(const TenantId& tenant, const std::vector<ExperimentId>& ids);
/// Likewise all of a shop.
postgres::Query lock_experiments_of(const TenantId& tenant);
/// Likewise those of all shops that have been started.
postgres::Query lock_started_experiments();
postgres::Query is_any_started();
/// Of one shop, newest first.
postgres::Query select_experiments_of(const TenantId& tenant);
/// Of all shops, those that run and those that stopped at `stopped_since` or later; by tenant, then id.
postgres::Query select_live_experiments(Timestamp stopped_since);
/// The one that runs on a placement.
postgres::Query select_running_on(const TenantId& tenant, TaskKind placement);
std::vector<NumberedExperiment> read_experiments(const postgres::Rows& rows);
std::optional<NumberedExperiment> read_found_experiment(const postgres::Rows& rows);

postgres::Query update_status(const NumberedExperiment& numbered);
postgres::Query delete_experiment(std::int64_t number);
postgres::Query add_subjects(std::int64_t number, std::int64_t count);

}  // namespace cloudcart::recommendation::tables
