#include "recommendation/app/experiment_choice.h"

#include <algorithm>

#include "core/id_generator.h"

namespace cloudcart::recommendation {
namespace {

Impression impression_of(const ChosenVariant& chosen) {
  return {.experiment = chosen.id(),
          .subject = chosen.subject,
          .variant = chosen.variant,
          .answered_at = chosen.at,
          .nonce = chosen.nonce,
          .products = {}};
}

}  // namespace

std::optional<Algorithm> ChosenVariant::second() const {
  const auto& plan = experiment->plan;
  if (plan.kind != ExperimentKind::interleaving) return std::nullopt;
  return plan.variants[1].algorithm;
}

std::vector<Drafted> ChosenVariant::interleave(std::span<const ProductId> first,
                                               std::span<const ProductId> second_list,
                                               std::size_t limit) const {
  return team_draft(first, second_list, limit, nonce);
}

std::string ChosenVariant::impression(std::span<const Drafted> shown) const {
  auto made = impression_of(*this);
  for (const auto& drafted : shown.first(std::min(shown.size(), max_impression_products)))
    made.products.push_back({ShownProduct::mark_of(drafted.product), drafted.team});
  return seal(made, experiment->keys.seal);
}

ExperimentChoice::ExperimentChoice() : experiments_(std::make_shared<const LiveExperiments>()) {
  // Nonces of one process and of the next must not be the same.
  random_bytes(nonce_key_.data(), nonce_key_.size());
}

std::optional<ChosenVariant> ExperimentChoice::choose(const TenantId& tenant, TaskKind placement,
                                                      const Subject& subject, Timestamp now) const {
  const auto experiments = current();
  const auto of_shop = experiments->find(tenant);
  if (of_shop == experiments->end()) return std::nullopt;
  for (const auto& experiment : of_shop->second) {
    if (experiment->plan.placement != placement || !experiment->is_live(now)) continue;
    const auto number = counter_.fetch_add(1, std::memory_order_relaxed);
    const std::string_view bytes{reinterpret_cast<const char*>(&number), sizeof number};
    return ChosenVariant{experiment, variant_of(*experiment, subject), subject, now,
                         sip_hash(nonce_key_, bytes)};
  }
  return std::nullopt;
}

std::shared_ptr<const Experiment> ExperimentChoice::find(const TenantId& tenant,
                                                         const ExperimentId& id) const {
  const auto experiments = current();
  const auto of_shop = experiments->find(tenant);
  if (of_shop == experiments->end()) return nullptr;
  for (const auto& experiment : of_shop->second)
    if (experiment->id == id) return experiment;
  return nullptr;
}

const ExperimentChoice& no_experiments() {
  static const ExperimentChoice none;
  return none;
}

std::size_t ExperimentChoice::running() const {
  std::size_t count = 0;
  for (const auto& [tenant, experiments] : *current())
    count += static_cast<std::size_t>(std::ranges::count(experiments, ExperimentStatus::running,
                                                         [](const auto& each) { return each->status; }));
  return count;
}

void ExperimentChoice::replace(LiveExperiments experiments, std::uint64_t reading) {
  auto fresh = std::make_shared<const LiveExperiments>(std::move(experiments));
  const std::scoped_lock lock(mutex_);
  if (reading < newest_reading_) return;
  newest_reading_ = reading;
  experiments_.swap(fresh);
}

std::shared_ptr<const LiveExperiments> ExperimentChoice::current() const {
  const std::scoped_lock lock(mutex_);
  return experiments_;
}

}  // namespace cloudcart::recommendation
