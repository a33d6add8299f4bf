#include "recommendation/app/examine_orders.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace cloudcart::recommendation {
namespace {

/// Enough that a full list is left when the lines of the largest order are taken out.
constexpr std::size_t most_best_sellers = quality_cut + 100;

bool is_new_sale(const events::OrderEvent& event) {
  return event.is_created() && event.kind == OrderKind::sale && event.status == OrderStatus::pending;
}

}  // namespace

Task<Status> ExamineOrders::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  if (const auto since = responsible_since()) {
    for (const auto& record : records)
      if (is_new_sale(record.event) && record.event.timestamp >= *since) examine_live(record.event);
  }
  auto learnt = co_await models_.apply(std::move(records), deadline);
  if (clock_.monotonic_now() >= next_write_) {
    next_write_ = clock_.monotonic_now() + policy_.between_writes;
    if (const auto written = co_await flush(deadline); !written)
      spdlog::warn("how well orders were foretold is not written yet: {}", written.error().message);
  }
  co_return learnt;
}

void ExamineOrders::examine_live(const events::OrderEvent& event) {
  if (event.timestamp < clock_.now() - policy_.live_for) return;
  if (!take_token()) {
    const std::scoped_lock lock(mutex_);
    ++counts_.passed_over;
    return;
  }
  const auto model = models_.model_of(event.tenant);
  const auto cases = examine(*model, best_sellers(event.tenant, *model), event);
  const std::scoped_lock lock(mutex_);
  ++counts_.examined;
  const auto day = std::chrono::floor<std::chrono::days>(event.timestamp);
  for (const auto& [task, tally] : cases) gathered_[{event.tenant, day, task}].add(tally);
}

/// Those before were another's, who may have examined them.
std::optional<Timestamp> ExamineOrders::responsible_since() {
  const bool leads = leadership_.leads();
  if (leads && !led_) led_since_ = clock_.now();
  led_ = leads;
  return leads ? std::optional{led_since_} : std::nullopt;
}

bool ExamineOrders::take_token() {
  const auto now = clock_.monotonic_now();
  const auto passed = std::chrono::duration<double>(now - refilled_at_).count();
  tokens_ = std::min(policy_.burst, tokens_ + passed * policy_.per_second);
  refilled_at_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

const std::vector<ProductId>& ExamineOrders::best_sellers(const TenantId& tenant, const Model& model) {
  auto& kept = best_sellers_[tenant];
  if (clock_.monotonic_now() < kept.until) return kept.products;
  kept.products.clear();
  for (const auto& popular : model.popular(most_best_sellers)) kept.products.push_back(popular.product);
  kept.until = clock_.monotonic_now() + policy_.best_sellers_for;
  return kept.products;
}

Task<Status> ExamineOrders::flush(Deadline deadline) {
  std::vector<QualityDay> days;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [key, tally] : std::exchange(gathered_, {})) {
      const auto& [tenant, day, task] = key;
      days.push_back({tenant, day, task, tally});
    }
  }
  if (days.empty()) co_return Status{};
  auto written = co_await ledger_.add(days, deadline);
  // What may have been written is not written twice: rather a few cases too few than some that count double.
  if (!written && written.error().code != ErrorCode::outcome_unknown) {
    const std::scoped_lock lock(mutex_);
    for (const auto& day : days) gathered_[{day.tenant, day.day, day.task}].add(day.tally);
  }
  co_return written;
}

ExamineOrders::Counts ExamineOrders::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

}  // namespace cloudcart::recommendation
