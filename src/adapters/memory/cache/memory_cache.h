#pragma once

#include <array>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cache/cache.h"
#include "core/clock.h"

namespace cloudcart {

struct MemoryCacheOptions {
  std::size_t max_bytes = 64 * 1024 * 1024;  ///< of keys, values and an estimate of what holds them
  std::size_t shards = 16;                   ///< each with a lock and an equal part of the bytes
};

/// A cache inside the process: least recently used entries go first when the bytes are full. Safe between
/// threads.
class MemoryCache final : public Cache {
 public:
  explicit MemoryCache(const Clock& clock, MemoryCacheOptions options = {});

  Task<Result<std::vector<std::optional<CacheEntry>>>> get(std::vector<std::string> keys,
                                                           Deadline deadline) override;
  Task<Status> put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                            Deadline deadline) override;
  Task<Status> erase(std::vector<std::string> keys, Version version, Deadline deadline) override;

  /// Bytes held now.
  std::size_t size_bytes() const;

 private:
  struct Node {
    std::string key;
    CacheEntry entry;
    MonotonicTime expires_at;
  };
  using Nodes = std::list<Node>;

  struct Shard {
    mutable std::mutex mutex;
    Nodes nodes;  ///< the most recently used first
    std::unordered_map<std::string_view, Nodes::iterator> by_key;
    std::size_t bytes = 0;
    /// By slot of the key's hash: the newest version that was removed or erased there. What is older may be
    /// out of date and is not taken. A slot is shared by many keys; the price of that is a put refused now
    /// and then.
    std::array<Version, 256> floors{};
  };

  static std::size_t cost(const Node& node);
  static Version& floor_of(Shard& shard, std::size_t hash);
  static void remove(Shard& shard, Nodes::iterator node);
  Shard& shard_of(std::size_t hash);
  std::optional<CacheEntry> find(const std::string& key);
  void put(std::string key, CacheEntry entry, milliseconds time_to_live);

  const Clock& clock_;
  const std::size_t shard_bytes_;
  std::vector<Shard> shards_;
};

}  // namespace cloudcart
