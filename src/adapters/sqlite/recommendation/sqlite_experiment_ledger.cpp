#include "adapters/sqlite/recommendation/sqlite_experiment_ledger.h"

#include <algorithm>

#include "adapters/sqlite/recommendation/experiment_rows.h"
#include "adapters/sqlite/recommendation/subject_rows.h"
#include "recommendation/columns/count_feedback.h"
#include "recommendation/columns/count_orders.h"
#include "recommendation/columns/subject_columns.h"

namespace cloudcart::recommendation {
namespace {

using sqlite::Connection;

/// Positions that may be applied again after a restart: a moment's work.
constexpr std::int64_t most_unstored = 10'000;

std::optional<std::int64_t> stored_position(Connection& connection) {
  auto row = connection.prepare("SELECT position FROM progress WHERE id = 1");
  if (!row.step()) return std::nullopt;
  return row.integer(0);
}

void store_position(Connection& connection, std::int64_t position) {
  connection.prepare("INSERT OR REPLACE INTO progress(id, position) VALUES(1, ?)").bind(position).run();
}

}  // namespace

Task<Result<std::vector<FeedbackOutcome>>> SqliteExperimentLedger::record(TenantId tenant,
                                                                          std::vector<FeedbackEvent> events,
                                                                          Timestamp now, Deadline deadline) {
  co_return co_await store_.write(deadline,
                                  [this, tenant = std::move(tenant), events = std::move(events),
                                   now](Connection& connection) -> Result<std::vector<FeedbackOutcome>> {
                                    SubjectRows rows(connection);
                                    const auto find = [&](const ExperimentId& id) {
                                      return find_experiment(connection, tenant, id);
                                    };
                                    CountFeedback count(rows, find, bounds_, now);
                                    std::vector<FeedbackOutcome> outcomes;
                                    outcomes.reserve(events.size());
                                    for (const auto& event : events) outcomes.push_back(count(event));
                                    return outcomes;
                                  });
}

Task<Result<std::optional<std::int64_t>>> SqliteExperimentLedger::position(Deadline deadline) {
  const auto applied = applied_.load();
  if (applied >= 0) co_return applied;
  co_return co_await store_.read(deadline, [](Connection& connection) -> Result<std::optional<std::int64_t>> {
    return stored_position(connection);
  });
}

Task<Status> SqliteExperimentLedger::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  const auto applied = co_await store_.write(
      deadline, [this, records = std::move(records)](Connection& connection) -> Result<std::int64_t> {
        const auto stored = stored_position(connection).value_or(0);
        auto position = std::max(stored, applied_.load());
        bool changed = false;
        SubjectRows rows(connection);
        const auto experiments = started_experiments(connection);
        CountOrders count(rows, experiments);
        for (const auto& record : records) {
          if (record.position <= position) continue;
          changed |= count(record.event);
          position = record.position;
        }
        if (changed || position - stored >= most_unstored) store_position(connection, position);
        return position;
      });
  if (!applied) co_return std::unexpected(applied.error());
  applied_ = *applied;
  co_return Status{};
}

Task<Status> SqliteExperimentLedger::begin_at(std::int64_t position, Deadline deadline) {
  co_return co_await store_.write(deadline, [position](Connection& connection) -> Status {
    if (!stored_position(connection)) store_position(connection, position);
    return {};
  });
}

Task<Result<std::vector<VariantTally>>> SqliteExperimentLedger::tallies(TenantId tenant, ExperimentId id,
                                                                        Deadline deadline) {
  co_return co_await store_.read(deadline,
                                 [tenant, id](Connection& connection) -> Result<std::vector<VariantTally>> {
                                   const auto found = find_experiment(connection, tenant, id);
                                   if (!found) return fail(Error::not_found("Experiment"));
                                   const auto& plan = found->experiment.plan;
                                   if (plan.kind == ExperimentKind::interleaving)
                                     return std::vector{tally_teams(connection, found->number)};
                                   return tally_variants(connection, found->number, plan.variants.size());
                                 });
}

Task<Result<std::vector<Participation>>> SqliteExperimentLedger::participations(TenantId tenant, UserId user,
                                                                                Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<std::vector<Participation>> {
    std::vector<Participation> parts;
    SubjectRows rows(connection);
    for (const auto& numbered : experiments_of(connection, tenant))
      if (auto sums = rows.find_subject(numbered.number, Subject::customer(user)))
        parts.push_back(participation_of(numbered.experiment, *std::move(sums)));
    std::ranges::sort(parts, {}, &Participation::experiment);
    return parts;
  });
}

Task<Result<std::int64_t>> SqliteExperimentLedger::erase(TenantId tenant, UserId user, Deadline deadline) {
  const auto erased = co_await store_.write(deadline, [=](Connection& connection) -> Result<std::int64_t> {
    std::int64_t experiments = 0;
    for (const auto& numbered : experiments_of(connection, tenant)) {
      if (!delete_customer(connection, numbered.number, user)) continue;
      add_subjects(connection, numbered.number, -1);
      ++experiments;
    }
    return experiments;
  });
  if (erased) CLOUDCART_CO_CHECK(co_await store_.forget_deleted(deadline));
  co_return erased;
}

Task<Result<std::int64_t>> SqliteExperimentLedger::forget_expired(Timestamp now, Deadline deadline) {
  co_return co_await store_.write(deadline, [this, now](Connection& connection) -> Result<std::int64_t> {
    return delete_seen_before(connection, now - bounds_.impression_life);
  });
}

}  // namespace cloudcart::recommendation
