#include "adapters/memory/recommendation/memory_quality_ledger.h"

namespace cloudcart::recommendation {

Task<Status> MemoryQualityLedger::add(std::vector<QualityDay> days, Deadline) {
  const std::scoped_lock lock(mutex_);
  for (const auto& day : days) {
    auto& shop = shops_[day.tenant];
    shop[{day.day, day.task}].add(day.tally);
    const auto forgotten = day.day - std::chrono::days{kept_days};
    std::erase_if(shop, [&](const auto& kept) { return kept.first.first <= forgotten; });
  }
  co_return Status{};
}

Task<Result<std::vector<QualityDay>>> MemoryQualityLedger::read(TenantId tenant, std::chrono::sys_days from,
                                                                std::chrono::sys_days to, Deadline) {
  const std::scoped_lock lock(mutex_);
  std::vector<QualityDay> days;
  for (const auto& [key, tally] : shops_[tenant])
    if (from <= key.first && key.first <= to) days.push_back({tenant, key.first, key.second, tally});
  co_return days;
}

}  // namespace cloudcart::recommendation
