#include "adapters/sqlite/order/key_filter.h"

#include <functional>
#include <string_view>

namespace cloudcart::order {
namespace {

std::uint64_t hash_of(const KeyScope& scope) {
  std::uint64_t hash = 0;
  const std::hash<std::string_view> hash_text;
  for (const auto part : {std::string_view{scope.tenant.value}, scope.user.value.as_bytes(),
                          std::string_view{scope.route}, std::string_view{scope.key.value}})
    hash = (hash ^ hash_text(part)) * 0x9E3779B97F4A7C15ULL;
  return hash;
}

/// Calls `probe` with the place of each of the key's bits (double hashing: A. Kirsch and M. Mitzenmacher, Less hashing,
/// same performance, 2006).
template <class Probe>
void for_each_bit(std::uint64_t hash, int probes, std::size_t bits, Probe probe) {
  const std::uint64_t step = (hash >> 32) | 1;
  for (int i = 0; i < probes; ++i, hash += step) probe(hash % bits);
}

bool holds(const std::vector<std::uint64_t>& filter, std::uint64_t hash, int probes, std::size_t bits) {
  if (filter.empty()) return false;
  bool all = true;
  for_each_bit(hash, probes, bits,
               [&](std::size_t bit) { all &= (filter[bit / 64] >> (bit % 64) & 1) != 0; });
  return all;
}

}  // namespace

void KeyFilter::add(const KeyScope& scope, Timestamp now) {
  const auto hash = hash_of(scope);
  const std::scoped_lock lock(mutex_);
  if (newer_since_ == Timestamp::min()) newer_since_ = now;
  if (now >= newer_since_ + lifetime_) {
    older_ = std::move(newer_);
    newer_ = Bits(bits / 64);
    newer_since_ = now;
  }
  for_each_bit(hash, probes, bits,
               [this](std::size_t bit) { newer_[bit / 64] |= std::uint64_t{1} << (bit % 64); });
}

bool KeyFilter::may_hold(const KeyScope& scope) const {
  const auto hash = hash_of(scope);
  const std::scoped_lock lock(mutex_);
  return holds(newer_, hash, probes, bits) || holds(older_, hash, probes, bits);
}

}  // namespace cloudcart::order
