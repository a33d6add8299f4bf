#include "adapters/redis/cache/lost_writes.h"

namespace cloudcart::redis {
namespace {

/// What the map holds beside the bytes of a key.
constexpr std::size_t node_overhead = 100;

}  // namespace

void LostWrites::forget_keys(Version version) {
  all_below_ = std::max(version, all_below_.value_or(version));
  for (const auto& [key, lost] : versions_) all_below_ = std::max(*all_below_, lost);
  versions_.clear();
  bytes_ = 0;
}

void LostWrites::add(const std::vector<std::string>& keys, Version version) {
  const std::scoped_lock lock(mutex_);
  for (const auto& key : keys) {
    if (all_below_ && *all_below_ >= version) return;
    const auto [found, is_new] = versions_.try_emplace(key, version);
    if (!is_new) {
      found->second = std::max(found->second, version);
      continue;
    }
    bytes_ += key.size() + node_overhead;
    if (bytes_ > max_bytes_) forget_keys(version);
  }
}

void LostWrites::add_all_below(Version version) {
  const std::scoped_lock lock(mutex_);
  forget_keys(version);
}

LostWrites::Taken LostWrites::take() {
  const std::scoped_lock lock(mutex_);
  Taken taken{{versions_.begin(), versions_.end()}, all_below_, next_number_++};
  versions_.clear();
  bytes_ = 0;
  all_below_.reset();
  return taken;
}

bool LostWrites::empty() const {
  const std::scoped_lock lock(mutex_);
  return nothing();
}

std::uint64_t LostWrites::due() const {
  const std::scoped_lock lock(mutex_);
  return nothing() ? next_number_ - 1 : next_number_;
}

}  // namespace cloudcart::redis
