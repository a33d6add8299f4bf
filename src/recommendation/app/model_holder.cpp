#include "recommendation/app/model_holder.h"

#include <algorithm>

namespace cloudcart::recommendation {

std::shared_ptr<const Model> ModelHolder::model_of(const TenantId& tenant) const {
  return learners().in_use->of(tenant);
}

ModelInUse ModelHolder::in_use(const TenantId& tenant) const {
  const std::scoped_lock lock(mutex_);
  return {in_use_->of(tenant), training_ ? training_->version : 0};
}

std::optional<Training> ModelHolder::training() const {
  const std::scoped_lock lock(mutex_);
  auto training = training_;
  if (training) {
    training->restored_at = restored_at_;
    training->snapshot_at = snapshot_at_;
  }
  return training;
}

std::int64_t ModelHolder::applied_position() const {
  return learners().position;
}

Task<bool> ModelHolder::wait_until_trained(MonotonicTime until) {
  const auto ticket = trained_.ticket();
  if (training()) co_return true;
  co_return co_await trained_.wait(ticket, until);
}

std::int64_t ModelHolder::prepare(std::shared_ptr<ModelSet> successor) {
  const std::scoped_lock nobody_applies(applying_);
  const std::scoped_lock lock(mutex_);
  successor_ = std::move(successor);
  return position_;
}

std::shared_ptr<ModelSet> ModelHolder::promote(LogEnd reached, Timestamp now, milliseconds took) {
  std::shared_ptr<ModelSet> replaced;
  {
    const std::scoped_lock nobody_applies(applying_);
    const std::scoped_lock lock(mutex_);
    replaced = std::exchange(in_use_, std::exchange(successor_, nullptr));
    if (reached.position >= position_) {
      position_ = reached.position;
      last_event_ = reached.event;
    }
    training_ = Training{.finished_at = now, .took = took, .version = ++versions_};
    // Who was erased while the successor was counted may have been counted.
    for (const auto& [tenant, customer] : erased_.all()) in_use_->forget(tenant, customer);
  }
  trained_.notify_all();
  return replaced;
}

void ModelHolder::forget(const std::vector<privacy::Erasure>& erasures) {
  const std::scoped_lock nobody_applies(applying_);
  const auto [in_use, successor, position] = learners();
  for (const auto& erasure : erasures) {
    in_use->forget(erasure.tenant, erasure.user);
    if (successor) successor->forget(erasure.tenant, erasure.user);
  }
}

void ModelHolder::make_nobodys(std::vector<events::LogRecord>& records) const {
  for (auto& record : records)
    if (erased_.contains(record.event.tenant, record.event.user_id)) record.event.user_id = {};
}

void ModelHolder::refresh(Model::Refresh what, const Crew& crew) {
  learners().in_use->refresh(what, crew);
}

void ModelHolder::note_refresh(Timestamp now, milliseconds took) {
  const std::scoped_lock lock(mutex_);
  if (!training_) return;
  training_->refreshed_at = now;
  training_->refresh_took = took;
  training_->version = ++versions_;
}

SnapshotWriter ModelHolder::snapshot() {
  const std::scoped_lock nobody_applies(applying_);
  std::shared_ptr<ModelSet> models;
  LogEnd end;
  std::int64_t version;
  {
    const std::scoped_lock lock(mutex_);
    models = in_use_;
    end = {position_, last_event_};
    version = versions_;
  }
  return models->snapshot(end.position, end.event, version);
}

void ModelHolder::note_restored(std::int64_t version, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  versions_ = std::max(versions_, version);
  restored_at_ = now;
}

void ModelHolder::note_saved(Timestamp now) {
  const std::scoped_lock lock(mutex_);
  snapshot_at_ = now;
}

std::uint64_t ModelHolder::orders() const {
  return learners().in_use->orders();
}

Task<Result<std::int64_t>> ModelHolder::position(Deadline) {
  co_return applied_position();
}

Task<Status> ModelHolder::apply(std::vector<events::LogRecord> records, Deadline) {
  const std::scoped_lock one_at_a_time(applying_);
  make_nobodys(records);
  const auto [in_use, successor, position] = learners();
  const auto news = std::ranges::upper_bound(records, position, {}, &events::LogRecord::position);
  const std::span unseen(news, records.end());
  in_use->learn(unseen);
  for (const auto& [at, event] : unseen) changes_ += event.is_created() || event.is_cancelled();
  if (successor) successor->learn(unseen);
  const std::scoped_lock lock(mutex_);
  if (!unseen.empty()) {
    position_ = unseen.back().position;
    last_event_ = unseen.back().event.event_id;
  }
  co_return Status{};
}

ModelHolder::Learners ModelHolder::learners() const {
  const std::scoped_lock lock(mutex_);
  return {in_use_, successor_, position_};
}

}  // namespace cloudcart::recommendation
