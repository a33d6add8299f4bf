#include "http/rate_limiter.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

namespace cloudcart::http {
namespace {

/// So that nobody can choose addresses that meet in one place of a table.
std::uint64_t hash_seed() {
  static const std::uint64_t seed = [] {
    std::random_device source;
    return (std::uint64_t{source()} << 32) | source();
  }();
  return seed;
}

std::uint64_t mix(std::uint64_t value) {
  value ^= value >> 30;
  value *= 0xbf58476d1ce4e5b9ULL;
  value ^= value >> 27;
  value *= 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

AddressBytes bytes_of(UserId user) {
  AddressBytes bytes{};
  std::ranges::copy(user.as_bytes(), bytes.begin());
  return bytes;
}

std::int64_t whole_seconds(MonotonicTime::duration time) {
  return std::chrono::ceil<seconds>(time).count();
}

}  // namespace

std::size_t RateLimiter::KeyHash::operator()(const Key& key) const {
  std::uint64_t halves[2];
  std::memcpy(halves, key.id.data(), sizeof halves);
  return mix(mix(halves[0] ^ hash_seed()) ^ halves[1] ^ static_cast<std::uint64_t>(key.policy));
}

RateLimiter::RateLimiter(RateLimits limits) : limits_(std::move(limits)) {}

Status RateLimiter::admit(Request& request) {
  if (request.by_service) return {};
  const auto address = parse_address(request.remote_address);
  const bool is_exempt = address && limits_.exempt.contains(*address) && !request.behind_unknown_proxy;
  if (!address || is_exempt) return {};
  const auto rate = request.route ? request.route->rate : RateClass::ordinary;
  if (rate == RateClass::free) return {};
  const auto client = network_of(*address);
  if (rate == RateClass::costly)
    CLOUDCART_CHECK(take(request, {client, Policy::costly}, limits_.costly_per_client, "costly"));
  if (request.by_gateway) return {};
  CLOUDCART_CHECK(take(request, {client, Policy::client}, limits_.per_client, "client"));
  if (!request.caller.user) return {};
  return take(request, {bytes_of(*request.caller.user), Policy::account}, limits_.per_account, "account");
}

Status RateLimiter::take(Request& request, const Key& key, const Quota& quota, std::string_view name) {
  if (quota.requests == 0) return {};
  const auto now = request.received_at;
  const MonotonicTime::duration window = quota.window;
  const auto interval = window / quota.requests;
  auto& part = parts_[KeyHash{}(key) % parts_.size()];
  MonotonicTime::duration used;
  bool is_refused;
  {
    const std::scoped_lock lock(part.mutex);
    if (part.buckets.size() >= limits_.max_buckets / parts_.size()) make_room(part.buckets, now);
    auto& full_at = part.buckets.try_emplace(key, now).first->second;
    full_at = std::max(full_at, now);
    is_refused = full_at + interval - now > window;
    if (!is_refused) full_at += interval;
    used = full_at - now;
  }
  auto& headers = request.answer_headers;
  headers.add("RateLimit-Policy",
              fmt::format("\"{}\";q={};w={}", name, quota.requests, quota.window.count()));
  headers.add("RateLimit",
              fmt::format("\"{}\";r={};t={}", name, (window - used) / interval, whole_seconds(used)));
  if (!is_refused) return {};
  Error error{
      ErrorCode::rate_limited,
      fmt::format("More than {} requests in {} s; go on more slowly.", quota.requests, quota.window.count()),
      {}};
  error.retry_after = seconds{whole_seconds(used + interval - window)};
  return fail(std::move(error));
}

/// Forgets at least an eighth, so that it is not done for each newcomer.
void RateLimiter::make_room(Buckets& buckets, MonotonicTime now) const {
  const auto most = limits_.max_buckets / parts_.size() * 7 / 8;
  std::erase_if(buckets, [&](const auto& bucket) { return bucket.second <= now; });
  if (buckets.size() <= most) return;
  std::vector<MonotonicTime> times;
  times.reserve(buckets.size());
  for (const auto& [key, full_at] : buckets) times.push_back(full_at);
  const auto last = times.begin() + static_cast<std::ptrdiff_t>(buckets.size() - most);
  std::ranges::nth_element(times, last);
  std::erase_if(buckets, [&, left = buckets.size() - most](const auto& bucket) mutable {
    return left > 0 && bucket.second <= *last && left-- > 0;
  });
}

std::size_t RateLimiter::buckets() const {
  std::size_t all = 0;
  for (const auto& part : parts_) {
    const std::scoped_lock lock(part.mutex);
    all += part.buckets.size();
  }
  return all;
}

}  // namespace cloudcart::http
