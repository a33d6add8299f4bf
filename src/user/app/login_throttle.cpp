#include "user/app/login_throttle.h"

#include <algorithm>

#include <fmt/format.h>

namespace cloudcart::user {
namespace {

/// Tenants and addresses hold no NUL, so that no two pairs make one key.
std::string account_key(const TenantId& tenant, const std::string& account) {
  return tenant.value + '\0' + account;
}

std::string place_key(const std::string& account_key, const std::string& address) {
  return account_key + '\0' + address;
}

}  // namespace

LoginThrottle::LoginThrottle(const Clock& clock, ThrottleOptions options)
    : clock_(clock),
      accounts_(options.account, options),
      addresses_(options.address, options),
      places_(options.account, options) {}

LoginThrottle::Counted LoginThrottle::counted(const TenantId& tenant, const std::string& account,
                                              const std::string& address) {
  auto key = account_key(tenant, account), place = place_key(key, address);
  if (places_.has(place)) return {places_, std::move(place)};
  return {accounts_, std::move(key)};
}

Status LoginThrottle::admit(const TenantId& tenant, const std::string& account, const std::string& address) {
  const auto now = clock_.monotonic_now();
  const std::scoped_lock lock(mutex_);
  const auto [ledger, key] = counted(tenant, account, address);
  const auto wait = std::max(ledger.wait_of(key, now), addresses_.wait_of(address, now));
  if (wait > MonotonicTime::duration::zero()) {
    const auto whole_seconds = std::chrono::ceil<seconds>(wait);
    Error error{ErrorCode::rate_limited,
                fmt::format("Too many failed sign-ins; try again in {} s.", whole_seconds.count()),
                {}};
    error.retry_after = whole_seconds;
    return fail(std::move(error));
  }
  ledger.add_failure(key, now);
  addresses_.add_failure(address, now);
  return {};
}

void LoginThrottle::succeeded(const TenantId& tenant, const std::string& account,
                              const std::string& address) {
  const auto key = account_key(tenant, account), place = place_key(key, address);
  const auto now = clock_.monotonic_now();
  const std::scoped_lock lock(mutex_);
  // Elsewhere the strangers' failures stay: the owner's daily sign-in must not buy them guesses.
  if (!places_.has(place)) accounts_.forget(key);
  places_.remember(place, now);
  // The address keeps its other failures: one account of one's own must not buy guesses at others.
  addresses_.take_back(address);
}

void LoginThrottle::undecided(const TenantId& tenant, const std::string& account,
                              const std::string& address) {
  const std::scoped_lock lock(mutex_);
  const auto [ledger, key] = counted(tenant, account, address);
  ledger.take_back(key);
  addresses_.take_back(address);
}

MonotonicTime::duration LoginThrottle::Ledger::wait_of(const std::string& key, MonotonicTime now) const {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return MonotonicTime::duration::zero();
  return std::max(found->second->blocked_until - now, MonotonicTime::duration::zero());
}

void LoginThrottle::Ledger::add_failure(const std::string& key, MonotonicTime now) {
  auto& entry = touch(key, now);
  forget_old_failures(entry, now);
  ++entry.failures;
  const int beyond = entry.failures - rule_.free_failures;
  if (beyond <= 0) return;
  auto wait = options_.first_wait;
  for (int i = 1; i < beyond && wait < options_.longest_wait; ++i) wait *= 2;
  entry.blocked_until = now + std::min(wait, options_.longest_wait);
}

void LoginThrottle::Ledger::take_back(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  auto& entry = *found->second;
  entry.failures = std::max(0, entry.failures - 1);
  if (entry.failures <= rule_.free_failures) entry.blocked_until = {};
}

void LoginThrottle::Ledger::forget(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  entries_.erase(found->second);
  by_key_.erase(found);
}

void LoginThrottle::Ledger::remember(const std::string& key, MonotonicTime now) {
  touch(key, now) = {.key = key, .counted_from = now, .blocked_until = {}};
}

LoginThrottle::Entry& LoginThrottle::Ledger::touch(const std::string& key, MonotonicTime now) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    entries_.splice(entries_.end(), entries_, found->second);
    return *found->second;
  }
  if (entries_.size() >= options_.entries) forget(std::string{entries_.front().key});
  entries_.push_back({.key = key, .counted_from = now, .blocked_until = {}});
  by_key_.emplace(key, std::prev(entries_.end()));
  return entries_.back();
}

void LoginThrottle::Ledger::forget_old_failures(Entry& entry, MonotonicTime now) const {
  const auto forgettable = (now - entry.counted_from) / rule_.forget_one;
  if (forgettable >= entry.failures) {
    entry.failures = 0;
    entry.counted_from = now;
  } else {
    entry.failures -= static_cast<int>(forgettable);
    entry.counted_from += forgettable * rule_.forget_one;
  }
}

}  // namespace cloudcart::user
