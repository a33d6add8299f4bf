#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/cache.h"
#include "core/server_address.h"

namespace cloudcart {

namespace redis {
class Link;
}

struct RedisCacheOptions {
  ServerAddress address;
  std::filesystem::path
      ca_file;  ///< more authorities to believe where the address asks for TLS; empty: the system's
  std::string prefix = "cloudcart";  ///< all keys in Redis begin with it; caches of one prefix are one cache
  milliseconds call_limit{10};       ///< a call that has no answer by then ends with unavailable
  /// For how long others may read what is in the cache on the word of this process. Renewed five times meanwhile.
  milliseconds word{250};
  /// A writer whose word ended so long ago has died.
  milliseconds writer_gone_after{5'000};
  /// How long connecting may take, and a server that was late be silent before the connection is given up.
  milliseconds patience{1'000};
  /// How long nothing is put into a cache that has lost what it knew, see RedisCache. At least the time between a
  /// look into the store and its put: a request's time limit and a call's.
  milliseconds settling{11'000};
  std::size_t max_value_bytes = 512 << 10;  ///< larger values are not kept
  std::size_t max_calls = 10'000;           ///< under way; more are refused
  std::size_t max_call_bytes = 32 << 20;    ///< of keys and values under way
  std::size_t max_lost_bytes = 2 << 20;     ///< of keys whose writes were lost
};

/// A cache in Redis (7 or newer), shared by all processes with the same prefix.
///
/// Never back in time. Every entry and every erase raises a floor, by slot of the key's hash, in the same step of the server
/// that keeps or removes the entry; what is below its floor is not taken. Floors need no time to live, so they can't
/// be over too early, and evicted entries leave theirs behind. When the floors are gone (Redis was flushed, evicted them or was
/// started anew; from a snapshot even with entries that had been erased), nobody knows what had been erased before. Then:
/// - Entries carry the birth of the floors that they were put under, and are not shown under others. Floors carry the id
///   of the server's process, and are not taken over by the next one.
/// - For `settling` nothing is put under new floors. Whoever read a value before the floors were lost has put it by then, in
///   vain; who reads later, reads what is newer than everything that was ever erased. So a bound on how late a put
///   can be is all that is needed; the versions that come by meanwhile become the lowest that is taken, for those
///   who keep to no bound.
///
/// Redis may be away or hung: calls then cost no more than their limit once, and nothing after that, until a background loop
/// gets answers again. Writes that were lost, puts as well, are remembered and done as erases before anything is read again;
/// when there are too many, everything older than the newest of them is given up.
///
/// Several processes. Each that writes gives the others its word that nothing in the cache is out of date for which an erase of its
/// has ended. The word is good for `word` and renewed only by who has nothing to make up for; while one's has ended, nobody reads.
/// So an erase that is lost ends when it has been made up for, or when the word that was given last has ended. Who
/// does not come back (kill -9) is given up after `writer_gone_after`: the floors are begun anew, as if they had been lost. One who
/// reached the server never, or not for so long, while others do, can warn nobody: then the time to live bounds
/// how long a value is out of date. Safe between threads.
class RedisCache final : public Cache {
 public:
  /// Returns at once; connects in the background. Throws std::runtime_error for a file of authorities that cannot be read.
  explicit RedisCache(RedisCacheOptions options);
  /// Ends calls under way with unavailable.
  ~RedisCache() override;

  Task<Result<std::vector<std::optional<CacheEntry>>>> get(std::vector<std::string> keys,
                                                           Deadline deadline) override;
  Task<Status> put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                            Deadline deadline) override;
  Task<Status> erase(std::vector<std::string> keys, Version version, Deadline deadline) override;

  /// Whether Redis is used now.
  bool is_up() const;

 private:
  struct Put;
  Task<Status> write(std::vector<std::string> keys, Version version, std::optional<Put> put,
                     Deadline deadline);

  const RedisCacheOptions options_;
  const std::unique_ptr<redis::Link> link_;
};

}  // namespace cloudcart
