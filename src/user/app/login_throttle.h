#pragma once

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/caller.h"
#include "core/clock.h"
#include "core/result.h"

namespace cloudcart::user {

struct ThrottleRule {
  int free_failures;        ///< so many cost nothing but themselves
  milliseconds forget_one;  ///< one failure is forgotten after each such time
};

struct ThrottleOptions {
  ThrottleRule account{10, std::chrono::minutes{1}};
  ThrottleRule address{50, seconds{5}};  ///< more: many people may share one
  milliseconds first_wait{
      1'000};  ///< after the first failure that is not free; doubles with each further one
  milliseconds longest_wait{60'000};  ///< waiting this long is always enough
  std::size_t entries =
      20'000;  ///< remembered accounts, as many addresses and places; the idlest are forgotten
};

/// Slows down those who guess passwords, per account and per address, without ever locking anyone out for
/// good.
///
/// From where an account was signed in to, its attempts are counted apart: what strangers fail at elsewhere does not hold
/// up the owner there. The account's other attempts are counted together.
///
/// An attempt counts as failed from its beginning, so that guesses sent all at once are counted as well;
/// succeeded() takes that back. Attempts that are refused are not counted. Safe to share between threads.
class LoginThrottle {
 public:
  explicit LoginThrottle(const Clock& clock, ThrottleOptions options = {});

  /// Before an attempt. Errors: rate_limited, with the time to wait.
  Status admit(const TenantId& tenant, const std::string& account, const std::string& address);
  /// After the right password.
  void succeeded(const TenantId& tenant, const std::string& account, const std::string& address);
  /// After an attempt that ended without an answer to whether the password was right.
  void undecided(const TenantId& tenant, const std::string& account, const std::string& address);

 private:
  struct Entry {
    std::string key;
    int failures = 0;
    MonotonicTime counted_from;  ///< forgetting is counted from here
    MonotonicTime blocked_until;
  };
  /// The entries of one kind, least recently used first.
  class Ledger {
   public:
    Ledger(ThrottleRule rule, const ThrottleOptions& options) : rule_(rule), options_(options) {}
    /// How long the key has still to wait.
    MonotonicTime::duration wait_of(const std::string& key, MonotonicTime now) const;
    void add_failure(const std::string& key, MonotonicTime now);
    void take_back(const std::string& key);
    void forget(const std::string& key);
    bool has(const std::string& key) const { return by_key_.contains(key); }
    /// Without failures.
    void remember(const std::string& key, MonotonicTime now);

   private:
    Entry& touch(const std::string& key, MonotonicTime now);
    void forget_old_failures(Entry& entry, MonotonicTime now) const;

    const ThrottleRule rule_;
    const ThrottleOptions options_;
    std::list<Entry> entries_;
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
  };

  struct Counted {
    Ledger& ledger;
    std::string key;
  };
  /// Where the failures of an attempt are counted.
  Counted counted(const TenantId& tenant, const std::string& account, const std::string& address);

  const Clock& clock_;
  std::mutex mutex_;
  Ledger accounts_;
  Ledger addresses_;
  Ledger places_;  ///< an account at an address that it was signed in from; the account's rule
};

}  // namespace cloudcart::user
