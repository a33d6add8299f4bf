#include "adapters/memory/cache/memory_cache.h"

namespace cloudcart {
namespace {

/// What the list and the map hold beside the bytes of an entry.
constexpr std::size_t node_overhead = 160;

std::size_t hash_of(std::string_view key) {
  return std::hash<std::string_view>{}(key);
}

}  // namespace

MemoryCache::MemoryCache(const Clock& clock, MemoryCacheOptions options)
    : clock_(clock), shard_bytes_(options.max_bytes / options.shards), shards_(options.shards) {}

std::size_t MemoryCache::cost(const Node& node) {
  return node.key.size() + node.entry.value.size() + node_overhead;
}

MemoryCache::Shard& MemoryCache::shard_of(std::size_t hash) {
  return shards_[hash % shards_.size()];
}

Version& MemoryCache::floor_of(Shard& shard, std::size_t hash) {
  // The high bits, as the low ones chose the shard.
  return shard.floors[(hash >> 48) % shard.floors.size()];
}

void MemoryCache::remove(Shard& shard, Nodes::iterator node) {
  auto& floor = floor_of(shard, hash_of(node->key));
  floor = std::max(floor, node->entry.version);
  shard.bytes -= cost(*node);
  shard.by_key.erase(node->key);
  shard.nodes.erase(node);
}

std::optional<CacheEntry> MemoryCache::find(const std::string& key) {
  auto& shard = shard_of(hash_of(key));
  const auto now = clock_.monotonic_now();
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return std::nullopt;
  const auto node = found->second;
  if (node->expires_at <= now) {
    remove(shard, node);
    return std::nullopt;
  }
  shard.nodes.splice(shard.nodes.begin(), shard.nodes, node);
  return node->entry;
}

void MemoryCache::put(std::string key, CacheEntry entry, milliseconds time_to_live) {
  const auto hash = hash_of(key);
  auto& shard = shard_of(hash);
  Nodes fresh;
  fresh.push_back({std::move(key), std::move(entry), clock_.monotonic_now() + time_to_live});
  const auto& node = fresh.front();
  const std::scoped_lock lock(shard.mutex);
  if (node.entry.version < floor_of(shard, hash)) return;
  if (const auto found = shard.by_key.find(node.key); found != shard.by_key.end()) {
    if (found->second->entry.version > node.entry.version) return;
    remove(shard, found->second);
  }
  shard.bytes += cost(node);
  shard.nodes.splice(shard.nodes.begin(), fresh);
  shard.by_key.emplace(shard.nodes.front().key, shard.nodes.begin());
  // An entry that is too large for its shard goes at once, and leaves the floor that keeps older ones out.
  while (shard.bytes > shard_bytes_) remove(shard, std::prev(shard.nodes.end()));
}

Task<Result<std::vector<std::optional<CacheEntry>>>> MemoryCache::get(std::vector<std::string> keys,
                                                                      Deadline) {
  std::vector<std::optional<CacheEntry>> entries;
  entries.reserve(keys.size());
  for (const auto& key : keys) entries.push_back(find(key));
  co_return entries;
}

Task<Status> MemoryCache::put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                                       Deadline) {
  put(std::move(key), std::move(entry), time_to_live);
  co_return Status{};
}

Task<Status> MemoryCache::erase(std::vector<std::string> keys, Version version, Deadline) {
  for (const auto& key : keys) {
    const auto hash = hash_of(key);
    auto& shard = shard_of(hash);
    const std::scoped_lock lock(shard.mutex);
    auto& floor = floor_of(shard, hash);
    floor = std::max(floor, version);
    const auto found = shard.by_key.find(key);
    if (found != shard.by_key.end() && found->second->entry.version < version) remove(shard, found->second);
  }
  co_return Status{};
}

std::size_t MemoryCache::size_bytes() const {
  std::size_t bytes = 0;
  for (const auto& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace cloudcart
