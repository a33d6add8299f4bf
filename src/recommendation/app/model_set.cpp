#include "recommendation/app/model_set.h"

namespace cloudcart::recommendation {

void record_all(OrderBooks& books, std::span<const events::LogRecord> records) {
  for (const auto& record : records) books[record.event.tenant].record(record.event);
}

ModelSet::ModelSet(OrderBooks books, ModelOptions options, const Crew& crew) : options_(options) {
  for (auto& [tenant, book] : books)
    models_.emplace(tenant, std::make_shared<Model>(std::move(book), options_, crew));
}

void ModelSet::learn(std::span<const events::LogRecord> records) {
  for (const auto& record : records) model_of(record.event.tenant)->apply(record.event);
}

void ModelSet::forget(const TenantId& tenant, UserId customer) {
  std::shared_ptr<Model> model;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = models_.find(tenant); found != models_.end()) model = found->second;
  }
  if (model) model->forget(customer);
}

void ModelSet::refresh(Model::Refresh what, const Crew& crew) {
  for (const auto& [tenant, model] : all()) model->refresh(what, crew);
}

SnapshotWriter ModelSet::snapshot(std::int64_t position, EventId last_event, std::int64_t version) const {
  const auto models = all();
  SnapshotWriter writer(position, last_event, version, static_cast<std::uint32_t>(models.size()));
  for (const auto& [tenant, model] : models)
    writer.add(tenant, model->lessons(), [&](std::string& out) { model->write_book(out); });
  return writer;
}

void ModelSet::adopt(const std::map<TenantId, Lessons>& lessons) {
  for (const auto& [tenant, learnt] : lessons) model_of(tenant)->adopt(learnt);
}

std::uint64_t ModelSet::orders() const {
  std::uint64_t sum = 0;
  for (const auto& [tenant, model] : all()) sum += model->orders();
  return sum;
}

std::map<TenantId, std::shared_ptr<Model>> ModelSet::all() const {
  const std::scoped_lock lock(mutex_);
  return models_;
}

std::shared_ptr<const Model> ModelSet::of(const TenantId& tenant) const {
  const std::scoped_lock lock(mutex_);
  const auto model = models_.find(tenant);
  if (model == models_.end()) return empty_;
  return model->second;
}

std::shared_ptr<Model> ModelSet::model_of(const TenantId& tenant) {
  const std::scoped_lock lock(mutex_);
  auto& model = models_[tenant];
  if (!model) model = std::make_shared<Model>(options_);
  return model;
}

}  // namespace cloudcart::recommendation
