#include "adapters/postgres/recommendation/postgres_experiment_ledger.h"

#include <algorithm>

#include "adapters/postgres/recommendation/experiment_rows.h"
#include "adapters/postgres/recommendation/subject_rows.h"
#include "adapters/postgres/recommendation/subject_sheet.h"
#include "adapters/postgres/store/purge.h"
#include "recommendation/columns/count_feedback.h"
#include "recommendation/columns/count_orders.h"
#include "recommendation/columns/subject_columns.h"

namespace cloudcart::recommendation {
namespace {

using postgres::Query;
using postgres::query;
using postgres::Session;

/// Records that may be applied again after a restart: a moment's work.
constexpr std::int64_t most_unstored = 10'000;
constexpr int forgotten_at_once = 1'000;

Query store_position(std::int64_t position) {
  return query("UPDATE progress SET position = $1", position);
}

/// Applies what lies beyond `position`, where there are experiments; whether it changed anything. The position is moved
/// to the last record.
Task<bool> count_orders(Session& session, const std::vector<events::LogRecord>& records,
                        std::int64_t& position) {
  const auto after = position;
  position = std::max(position, records.back().position);
  const auto beyond = std::ranges::find_if(
      records, [after](const events::LogRecord& record) { return record.position > after; });
  if (beyond == records.end()) co_return false;
  if (!(co_await session.run(tables::is_any_started()))[0].boolean(0)) co_return false;
  const auto experiments = tables::read_experiments(co_await session.run(tables::lock_started_experiments()));
  SubjectSheet sheet;
  co_await sheet.load(session, experiments, std::span{beyond, records.end()});
  CountOrders count(sheet, experiments);
  bool changed = false;
  for (auto record = beyond; record != records.end(); ++record) changed |= count(record->event);
  if (changed) co_await session.run_all(sheet.changes());
  co_return changed;
}

}  // namespace

Task<Result<std::vector<FeedbackOutcome>>> PostgresExperimentLedger::record(TenantId tenant,
                                                                            std::vector<FeedbackEvent> events,
                                                                            Timestamp now,
                                                                            Deadline deadline) {
  return store_.write(deadline, [=, this](Session& session) -> Task<Result<std::vector<FeedbackOutcome>>> {
    std::vector<ExperimentId> ids;
    for (const auto& event : events) ids.push_back(event.impression.experiment);
    const auto experiments =
        tables::read_experiments(co_await session.run(tables::lock_experiments(tenant, ids)));
    SubjectSheet sheet;
    co_await sheet.load(session, experiments, events);
    const auto find = [&](const ExperimentId& id) -> std::optional<NumberedExperiment> {
      const auto found =
          std::ranges::find(experiments, id, [](const auto& numbered) { return numbered.experiment.id; });
      return found == experiments.end() ? std::nullopt : std::optional{*found};
    };
    CountFeedback count(sheet, find, bounds_, now);
    std::vector<FeedbackOutcome> outcomes;
    outcomes.reserve(events.size());
    for (const auto& event : events) outcomes.push_back(count(event));
    co_await session.commit(sheet.changes());
    co_return outcomes;
  });
}

Task<Result<std::optional<std::int64_t>>> PostgresExperimentLedger::position(Deadline deadline) {
  const auto applied = applied_.load();
  if (applied >= 0) co_return applied;
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, query("SELECT position FROM progress")));
  co_return rows[0].optional_integer(0);
}

Task<Status> PostgresExperimentLedger::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  if (records.empty()) co_return Status{};
  struct Applied {
    std::int64_t position = 0;
    bool stored = false;
  };
  const auto count = std::ssize(records);
  const auto applied = co_await store_.write(deadline, [&](Session& session) -> Task<Result<Applied>> {
    const auto rows = co_await session.run("SELECT position FROM progress FOR UPDATE");
    auto position = std::max(rows[0].optional_integer(0).value_or(0), applied_.load());
    const bool changed = co_await count_orders(session, records, position);
    const bool stores = changed || unstored_ + count >= most_unstored;
    if (stores) co_await session.run(store_position(position));
    co_return Applied{position, stores};
  });
  if (!applied) co_return std::unexpected(applied.error());
  applied_ = applied->position;
  unstored_ = applied->stored ? 0 : unstored_ + count;
  co_return Status{};
}

Task<Status> PostgresExperimentLedger::begin_at(std::int64_t position, Deadline deadline) {
  return store_.write(deadline, [position](Session& session) -> Task<Status> {
    co_await session.run("UPDATE progress SET position = $1 WHERE position IS NULL", position);
    co_return Status{};
  });
}

Task<Result<std::vector<VariantTally>>> PostgresExperimentLedger::tallies(TenantId tenant, ExperimentId id,
                                                                          Deadline deadline) {
  return store_.read(deadline, [=](Session& session) -> Task<Result<std::vector<VariantTally>>> {
    const auto found =
        tables::read_found_experiment(co_await session.run(tables::select_experiment(tenant, id)));
    if (!found) co_return fail(Error::not_found("Experiment"));
    const auto& plan = found->experiment.plan;
    if (plan.kind == ExperimentKind::interleaving) {
      const auto rows = co_await session.run(tables::tally_teams(found->number));
      co_return std::vector{read_teams_tally(rows[0], 0)};
    }
    std::vector<VariantTally> tallies(plan.variants.size());
    for (const auto row : co_await session.run(tables::tally_variants(found->number)))
      tallies.at(static_cast<std::size_t>(row.integer(0))) = read_tally(row, 1);
    co_return tallies;
  });
}

Task<Result<std::vector<Participation>>> PostgresExperimentLedger::participations(TenantId tenant,
                                                                                  UserId user,
                                                                                  Deadline deadline) {
  return store_.read(deadline, [=](Session& session) -> Task<Result<std::vector<Participation>>> {
    std::vector<Participation> parts;
    for (const auto& numbered :
         tables::read_experiments(co_await session.run(tables::select_experiments_of(tenant)))) {
      const auto rows = co_await session.run(tables::select_customer(numbered.number, user));
      if (!rows.empty()) parts.push_back(participation_of(numbered.experiment, read_subject(rows[0], 0)));
    }
    std::ranges::sort(parts, {}, &Participation::experiment);
    co_return parts;
  });
}

Task<Result<std::int64_t>> PostgresExperimentLedger::erase(TenantId tenant, UserId user, Deadline deadline) {
  return store_.write(deadline, [=](Session& session) -> Task<Result<std::int64_t>> {
    std::vector<std::int64_t> numbers;
    for (const auto& numbered :
         tables::read_experiments(co_await session.run(tables::lock_experiments_of(tenant))))
      numbers.push_back(numbered.number);
    const auto answers = co_await session.run_all(tables::delete_customer(numbers, user));
    co_return answers.back().affected();
  });
}

Task<Result<std::int64_t>> PostgresExperimentLedger::forget_expired(Timestamp now, Deadline deadline) {
  const auto expired = now - bounds_.impression_life - milliseconds{1};
  std::int64_t forgotten = 0;
  for (std::int64_t removed = forgotten_at_once; removed == forgotten_at_once; forgotten += removed) {
    CLOUDCART_CO_TRY(
        removed, co_await store_.write(deadline, [expired](Session& session) -> Task<Result<std::int64_t>> {
          co_return (co_await session.run(
                         postgres::purge("seen_impression", "answered_at", expired, forgotten_at_once)))
              .affected();
        }));
  }
  co_return forgotten;
}

}  // namespace cloudcart::recommendation
