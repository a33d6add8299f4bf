#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cache/cache.h"

namespace cloudcart::redis {

/// How a cache lies in Redis. All of its keys begin with the prefix:
///
/// `<prefix>/floors`  a hash, what the cache knows beside its entries:
///     run    the id of the server's process that it was made in
///     born   when it was made, in microseconds of the server's clock; names the life of the cache
///     base   no entry with a version below it is kept or shown
///     0 … 4095   by slot of the key's hash: no entry with a version below it is taken
///     writers    1 once there were any
/// `<prefix>/writers`  a sorted set, who writes and until when his word is good, in microseconds of the server's clock
/// `<prefix>:<key>`   an entry: born (16 digits), version (20 digits), value
///
/// Versions are written so that their texts compare as they do.
class Keyspace {
 public:
  static constexpr std::size_t slots = 4096;

  explicit Keyspace(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string floors_key() const { return prefix_ + "/floors"; }
  std::string writers_key() const { return prefix_ + "/writers"; }
  std::string entry_key(std::string_view key) const;
  /// The same in every process that shares the cache.
  static std::string slot_of(std::string_view key);

 private:
  const std::string prefix_;
};

std::string to_text(Version version);
std::optional<Version> parse_version(std::string_view text);

/// What decides on the entries that are read.
struct Stamp {
  std::string born;
  Version base = 0;
};
/// What was stored, unless it is of another life or below the base.
std::optional<CacheEntry> read_entry(std::string_view stored, const Stamp& stamp);

}  // namespace cloudcart::redis
