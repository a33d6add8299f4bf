#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cache/cache.h"

namespace cloudcart::redis {

/// Writes that did not reach Redis, or may not have: what these keys held before the version is out of date. Within a bound;
/// when there are too many, all that the cache held before the newest of them counts as out of date. Safe between threads.
class LostWrites {
 public:
  explicit LostWrites(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void add(const std::vector<std::string>& keys, Version version);
  void add_all_below(Version version);

  struct Taken {
    std::vector<std::pair<std::string, Version>> keys;
    std::optional<Version> all_below;
    std::uint64_t number = 0;  ///< 1, 2, …
  };
  /// Hands all over.
  Taken take();
  bool empty() const;
  /// The number under which all that has been added so far is, or was, handed over.
  std::uint64_t due() const;

 private:
  bool nothing() const { return versions_.empty() && !all_below_; }
  void forget_keys(Version version);

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Version> versions_;
  std::size_t bytes_ = 0;
  std::optional<Version> all_below_;
  std::uint64_t next_number_ = 1;
};

}  // namespace cloudcart::redis
