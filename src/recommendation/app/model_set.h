#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>

#include "core/caller.h"
#include "events/event_log.h"
#include "recommendation/app/model_snapshot.h"
#include "recommendation/domain/model.h"

namespace cloudcart::recommendation {

/// Facts for a training, by shop.
using OrderBooks = std::map<TenantId, OrderBook>;

void record_all(OrderBooks& books, std::span<const events::LogRecord> records);

/// A model for each shop. Safe between threads.
class ModelSet {
 public:
  explicit ModelSet(ModelOptions options) : options_(options) {}
  ModelSet(OrderBooks books, ModelOptions options, const Crew& crew = run_alone);

  /// Teaches each event to its shop's model; a shop gets one with its first event.
  void learn(std::span<const events::LogRecord> records);
  /// Model::forget() in the shop's model, if there is one.
  void forget(const TenantId& tenant, UserId customer);
  /// Refreshes one model after the other; see Model::refresh().
  void refresh(Model::Refresh what, const Crew& crew);
  std::uint64_t orders() const;
  /// A snapshot with all models in it; nothing is taught meanwhile.
  SnapshotWriter snapshot(std::int64_t position, EventId last_event, std::int64_t version) const;
  /// What an earlier process learnt about how to weigh, by shop.
  void adopt(const std::map<TenantId, Lessons>& lessons);
  /// Never null: a shop without events has an empty model.
  std::shared_ptr<const Model> of(const TenantId& tenant) const;

 private:
  std::shared_ptr<Model> model_of(const TenantId& tenant);
  std::map<TenantId, std::shared_ptr<Model>> all() const;

  const ModelOptions options_;
  const std::shared_ptr<const Model> empty_ = std::make_shared<const Model>(options_);
  mutable std::mutex mutex_;
  std::map<TenantId, std::shared_ptr<Model>> models_;
};

}  // namespace cloudcart::recommendation
