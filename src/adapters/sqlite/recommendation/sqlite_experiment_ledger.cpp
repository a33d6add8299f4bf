#include "adapters/sqlite/recommendation/sqlite_experiment_ledger.h"

#include <map>

#include "adapters/sqlite/recommendation/experiment_rows.h"
#include "adapters/sqlite/recommendation/subject_rows.h"

namespace cloudcart::recommendation {
namespace {

using sqlite::Connection;

/// Positions that may be applied again after a restart: a moment's work.
constexpr std::int64_t most_unstored = 10'000;

/// One batch of feedback within its transaction.
class FeedbackWriter {
 public:
  FeedbackWriter(Connection& connection, const TenantId& tenant, const ExperimentBounds& bounds,
                 Timestamp now)
      : connection_(connection), tenant_(tenant), bounds_(bounds), now_(now) {}

  FeedbackOutcome record(const FeedbackEvent& event) {
    const auto& impression = event.impression;
    if (now_ - impression.answered_at > bounds_.impression_life) return FeedbackOutcome::expired;
    auto* experiment = find(impression.experiment);
    if (!experiment || experiment->experiment.status != ExperimentStatus::running)
      return FeedbackOutcome::not_running;
    auto sums = find_subject(connection_, experiment->number, impression.subject);
    if (!sums && experiment->subjects >= bounds_.subjects) return FeedbackOutcome::full;
    const bool is_new_subject = !sums;
    if (!sums) sums = SubjectSums{.variant = impression.variant, .first_seen_at = now_};
    const bool is_new = insert_seen(connection_, experiment->number, impression);
    sums->impressions += is_new;
    const bool counts = event.clicked ? click(*experiment, *sums, impression, *event.clicked) : is_new;
    if (is_new_subject) {
      add_subjects(connection_, experiment->number, 1);
      ++experiment->subjects;
    }
    if (counts || is_new) put_subject(connection_, experiment->number, impression.subject, *sums);
    return counts ? FeedbackOutcome::counted : FeedbackOutcome::repeated;
  }

 private:
  NumberedExperiment* find(const ExperimentId& id) {
    auto [at, is_new] = experiments_.try_emplace(id);
    if (is_new) at->second = find_experiment(connection_, tenant_, id);
    return at->second ? &*at->second : nullptr;
  }

  bool click(const NumberedExperiment& experiment, SubjectSums& sums, const Impression& impression,
             const ProductId& product) {
    const auto place = impression.place_of(product);
    if (!place || !mark_clicked(connection_, experiment.number, impression, *place)) return false;
    const auto team = impression.products[*place].team;
    sums.click(team);
    if (impression.subject.is_customer)
      put_clicked(connection_, experiment.number, impression.subject.id, product, {team, now_},
                  bounds_.clicked_products);
    return true;
  }

  Connection& connection_;
  const TenantId& tenant_;
  const ExperimentBounds& bounds_;
  const Timestamp now_;
  std::map<ExperimentId, std::optional<NumberedExperiment>> experiments_;
};

/// One batch of order events within its transaction.
class OrderWriter {
 public:
  explicit OrderWriter(Connection& connection)
      : connection_(connection), experiments_(started_experiments(connection)) {}

  /// Whether it changed anything.
  bool apply(const events::OrderEvent& event) {
    bool changed = false;
    for (const auto& numbered : experiments_) {
      if (numbered.tenant != event.tenant) continue;
      switch (event.status) {
        case OrderStatus::cancelled:
          changed |= take_back(numbered, event);
          break;
        case OrderStatus::shipped:
        case OrderStatus::delivered:
          changed |= count(numbered, event);
          // It cannot be cancelled any more.
          changed |= take_counted(connection_, numbered.number, event.user_id, event.order_id).has_value();
          break;
        default:
          changed |= count(numbered, event);
      }
    }
    return changed;
  }

 private:
  bool count(const NumberedExperiment& numbered, const events::OrderEvent& event) {
    if (!event.is_created() || event.kind != OrderKind::sale) return false;
    const auto& experiment = numbered.experiment;
    const auto window = experiment.plan.attribution_window;
    // Nobody was exposed later than it was stopped.
    if (experiment.stopped_at && event.timestamp - *experiment.stopped_at > window) return false;
    const auto subject = Subject::customer(event.user_id);
    auto sums = find_subject(connection_, numbered.number, subject);
    if (!sums || !sums->attributes(event.timestamp, window)) return false;
    const auto counted = count_order(event, window, [&](const ProductId& product) {
      return find_clicked(connection_, numbered.number, subject.id, product);
    });
    if (!insert_counted(connection_, numbered.number, event.user_id, event.order_id, counted)) return false;
    sums->add(counted);
    put_subject(connection_, numbered.number, subject, *sums);
    return true;
  }

  bool take_back(const NumberedExperiment& numbered, const events::OrderEvent& event) {
    const auto counted = take_counted(connection_, numbered.number, event.user_id, event.order_id);
    if (!counted) return false;
    const auto subject = Subject::customer(event.user_id);
    auto sums = find_subject(connection_, numbered.number, subject);
    if (!sums) return true;
    sums->take_back(*counted);
    put_subject(connection_, numbered.number, subject, *sums);
    return true;
  }

  Connection& connection_;
  const std::vector<NumberedExperiment> experiments_;
};

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
                                    FeedbackWriter writer(connection, tenant, bounds_, now);
                                    std::vector<FeedbackOutcome> outcomes;
                                    outcomes.reserve(events.size());
                                    for (const auto& event : events) outcomes.push_back(writer.record(event));
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
        OrderWriter writer(connection);
        for (const auto& record : records) {
          if (record.position <= position) continue;
          changed |= writer.apply(record.event);
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

Task<Result<std::int64_t>> SqliteExperimentLedger::erase(TenantId tenant, UserId user, Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) -> Result<std::int64_t> {
    std::int64_t experiments = 0;
    for (const auto& numbered : experiments_of(connection, tenant)) {
      if (!delete_customer(connection, numbered.number, user)) continue;
      add_subjects(connection, numbered.number, -1);
      ++experiments;
    }
    return experiments;
  });
}

Task<Result<std::int64_t>> SqliteExperimentLedger::forget_expired(Timestamp now, Deadline deadline) {
  co_return co_await store_.write(deadline, [this, now](Connection& connection) -> Result<std::int64_t> {
    return delete_seen_before(connection, now - bounds_.impression_life);
  });
}

}  // namespace cloudcart::recommendation
