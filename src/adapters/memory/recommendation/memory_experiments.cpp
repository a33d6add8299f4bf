#include "adapters/memory/recommendation/memory_experiments.h"

#include <algorithm>

#include "recommendation/columns/subject_columns.h"

namespace cloudcart::recommendation {

MemoryExperiments::Kept* MemoryExperiments::kept(const TenantId& tenant, const ExperimentId& id) {
  const auto found = experiments_.find({tenant, id});
  return found == experiments_.end() ? nullptr : &found->second;
}

Task<Status> MemoryExperiments::create(TenantId tenant, Experiment experiment, Deadline) {
  const std::scoped_lock lock(mutex_);
  const auto count =
      std::ranges::count_if(experiments_, [&](const auto& entry) { return entry.first.first == tenant; });
  if (static_cast<std::size_t>(count) >= bounds_.experiments) co_return fail(too_many_experiments(bounds_));
  const Key key{std::move(tenant), experiment.id};
  if (!experiments_.try_emplace(key, Kept{.experiment = std::move(experiment)}).second)
    co_return fail(experiment_is_known());
  co_return Status{};
}

Task<Result<std::vector<Experiment>>> MemoryExperiments::list(TenantId tenant, Deadline) {
  const std::scoped_lock lock(mutex_);
  std::vector<Experiment> list;
  for (const auto& [key, entry] : experiments_)
    if (key.first == tenant) list.push_back(entry.experiment);
  std::ranges::sort(list, std::greater{},
                    [](const Experiment& each) { return std::pair(each.created_at, each.id); });
  co_return list;
}

Task<Result<Experiment>> MemoryExperiments::find(TenantId tenant, ExperimentId id, Deadline) {
  const std::scoped_lock lock(mutex_);
  const auto* found = kept(tenant, id);
  if (!found) co_return fail(Error::not_found("Experiment"));
  co_return found->experiment;
}

Task<Result<Experiment>> MemoryExperiments::start(TenantId tenant, ExperimentId id, Timestamp now, Deadline) {
  const std::scoped_lock lock(mutex_);
  auto* found = kept(tenant, id);
  if (!found) co_return fail(Error::not_found("Experiment"));
  auto& experiment = found->experiment;
  if (experiment.status != ExperimentStatus::draft) co_return fail(not_a_draft());
  for (const auto& [key, other] : experiments_) {
    if (key.first == tenant && other.experiment.status == ExperimentStatus::running &&
        other.experiment.plan.placement == experiment.plan.placement)
      co_return fail(placement_is_taken(other.experiment.plan.name));
  }
  experiment.status = ExperimentStatus::running;
  experiment.started_at = now;
  co_return experiment;
}

Task<Result<Experiment>> MemoryExperiments::stop(TenantId tenant, ExperimentId id, StopReason reason,
                                                 Timestamp now, Deadline) {
  const std::scoped_lock lock(mutex_);
  auto* found = kept(tenant, id);
  if (!found) co_return fail(Error::not_found("Experiment"));
  auto& experiment = found->experiment;
  if (experiment.status != ExperimentStatus::running) co_return fail(not_running());
  experiment.status = ExperimentStatus::stopped;
  experiment.stopped_at = now;
  experiment.stop_reason = reason;
  co_return experiment;
}

Task<Status> MemoryExperiments::remove(TenantId tenant, ExperimentId id, Deadline) {
  const std::scoped_lock lock(mutex_);
  const auto* found = kept(tenant, id);
  if (!found) co_return fail(Error::not_found("Experiment"));
  if (found->experiment.status != ExperimentStatus::draft) co_return fail(not_a_draft());
  experiments_.erase({tenant, id});
  co_return Status{};
}

Task<Result<std::vector<OwnedExperiment>>> MemoryExperiments::live(Timestamp stopped_since, Deadline) {
  const std::scoped_lock lock(mutex_);
  std::vector<OwnedExperiment> live;
  for (const auto& [key, entry] : experiments_) {
    const auto& experiment = entry.experiment;
    if (experiment.status == ExperimentStatus::running ||
        (experiment.stopped_at && *experiment.stopped_at >= stopped_since))
      live.push_back({key.first, experiment});
  }
  co_return live;
}

Task<Result<std::vector<FeedbackOutcome>>> MemoryExperiments::record(TenantId tenant,
                                                                     std::vector<FeedbackEvent> events,
                                                                     Timestamp now, Deadline) {
  const std::scoped_lock lock(mutex_);
  std::vector<FeedbackOutcome> outcomes;
  for (const auto& event : events) outcomes.push_back(record_one(tenant, event, now));
  co_return outcomes;
}

FeedbackOutcome MemoryExperiments::record_one(const TenantId& tenant, const FeedbackEvent& event,
                                              Timestamp now) {
  const auto& impression = event.impression;
  if (now - impression.answered_at > bounds_.impression_life) return FeedbackOutcome::expired;
  auto* found = kept(tenant, impression.experiment);
  if (!found || found->experiment.status != ExperimentStatus::running) return FeedbackOutcome::not_running;
  auto at = found->subjects.find(impression.subject);
  if (at == found->subjects.end()) {
    if (static_cast<std::int64_t>(found->subjects.size()) >= bounds_.subjects) return FeedbackOutcome::full;
    at = found->subjects
             .emplace(impression.subject, SubjectSums{.variant = impression.variant, .first_seen_at = now})
             .first;
  }
  const auto [places, is_new] = found->seen.try_emplace({impression.answered_at, impression.nonce});
  at->second.impressions += is_new;
  const bool counts = event.clicked ? click(*found, at->second, event, places->second, now) : is_new;
  return counts ? FeedbackOutcome::counted : FeedbackOutcome::repeated;
}

bool MemoryExperiments::click(Kept& kept, SubjectSums& sums, const FeedbackEvent& event,
                              std::set<std::size_t>& places, Timestamp now) {
  const auto& impression = event.impression;
  const auto place = impression.place_of(*event.clicked);
  if (!place || !places.insert(*place).second) return false;
  const auto team = impression.products[*place].team;
  sums.click(team);
  if (!impression.subject.is_customer) return true;
  auto& clicked = kept.clicked[impression.subject.id];
  if (clicked.contains(*event.clicked) ||
      static_cast<std::int64_t>(clicked.size()) < bounds_.clicked_products)
    clicked[*event.clicked] = {team, now};
  return true;
}

Task<Result<std::optional<std::int64_t>>> MemoryExperiments::position(Deadline) {
  const std::scoped_lock lock(mutex_);
  co_return position_;
}

Task<Status> MemoryExperiments::begin_at(std::int64_t position, Deadline) {
  const std::scoped_lock lock(mutex_);
  if (!position_) position_ = position;
  co_return Status{};
}

Task<Status> MemoryExperiments::apply(std::vector<events::LogRecord> records, Deadline) {
  const std::scoped_lock lock(mutex_);
  for (const auto& record : records) {
    if (position_ && record.position <= *position_) continue;
    for (auto& [key, entry] : experiments_)
      if (key.first == record.event.tenant && entry.experiment.status != ExperimentStatus::draft)
        apply_one(entry, record.event);
    position_ = record.position;
  }
  co_return Status{};
}

void MemoryExperiments::apply_one(Kept& kept, const events::OrderEvent& event) {
  if (event.status != OrderStatus::cancelled) count(kept, event);
  const bool is_final = event.status == OrderStatus::shipped || event.status == OrderStatus::delivered;
  if (!is_final && event.status != OrderStatus::cancelled) return;
  auto& orders = kept.orders[event.user_id.value];
  const auto counted = orders.find(event.order_id);
  if (counted == orders.end()) return;
  const auto subject = kept.subjects.find(Subject::customer(event.user_id));
  if (!is_final && subject != kept.subjects.end()) subject->second.take_back(counted->second);
  orders.erase(counted);
}

void MemoryExperiments::count(Kept& kept, const events::OrderEvent& event) {
  if (!event.is_created() || event.kind != OrderKind::sale) return;
  const auto window = kept.experiment.plan.attribution_window;
  const auto subject = kept.subjects.find(Subject::customer(event.user_id));
  if (subject == kept.subjects.end() || !subject->second.attributes(event.timestamp, window)) return;
  const auto& clicked = kept.clicked[event.user_id.value];
  const auto counted = count_order(event, window, [&](const ProductId& product) {
    const auto found = clicked.find(product);
    return found == clicked.end() ? std::nullopt : std::optional{found->second};
  });
  if (kept.orders[event.user_id.value].try_emplace(event.order_id, counted).second)
    subject->second.add(counted);
}

Task<Result<std::vector<VariantTally>>> MemoryExperiments::tallies(TenantId tenant, ExperimentId id,
                                                                   Deadline) {
  const std::scoped_lock lock(mutex_);
  const auto* found = kept(tenant, id);
  if (!found) co_return fail(Error::not_found("Experiment"));
  const auto& plan = found->experiment.plan;
  std::vector<VariantTally> tallies(plan.kind == ExperimentKind::interleaving ? 1 : plan.variants.size());
  for (const auto& [subject, sums] : found->subjects)
    add(tallies.at(sums.variant), sums, subject.is_customer);
  co_return tallies;
}

Task<Result<std::vector<Participation>>> MemoryExperiments::participations(TenantId tenant, UserId user,
                                                                           Deadline) {
  const std::scoped_lock lock(mutex_);
  std::vector<Participation> parts;
  for (const auto& [key, entry] : experiments_) {
    const auto subject = entry.subjects.find(Subject::customer(user));
    if (key.first != tenant || subject == entry.subjects.end()) continue;
    parts.push_back(participation_of(entry.experiment, subject->second));
  }
  co_return parts;
}

Task<Result<std::int64_t>> MemoryExperiments::erase(TenantId tenant, UserId user, Deadline) {
  const std::scoped_lock lock(mutex_);
  std::int64_t experiments = 0;
  for (auto& [key, entry] : experiments_) {
    if (key.first != tenant) continue;
    entry.clicked.erase(user.value);
    entry.orders.erase(user.value);
    experiments += static_cast<std::int64_t>(entry.subjects.erase(Subject::customer(user)));
  }
  co_return experiments;
}

Task<Result<std::int64_t>> MemoryExperiments::forget_expired(Timestamp now, Deadline) {
  const std::scoped_lock lock(mutex_);
  std::size_t forgotten = 0;
  for (auto& [key, entry] : experiments_)
    forgotten += std::erase_if(
        entry.seen, [&](const auto& seen) { return now - seen.first.first > bounds_.impression_life; });
  co_return static_cast<std::int64_t>(forgotten);
}

}  // namespace cloudcart::recommendation
