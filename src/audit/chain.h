#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/caller.h"

namespace cloudcart::audit {

/// What the first row of a chain has as the hash of the one before.
std::string hash_before_all();

/// One row of a chain. The text is hashed as it is stored, so that there is one spelling of it.
struct Link {
  std::int64_t seq = 0;  ///< 1, 2, 3 … without a gap
  std::string entry;     ///< JSON
  std::string previous;  ///< the hash of the row before, 32 bytes
  std::string hash;      ///< SHA-256 over tenant, seq, previous and entry, 32 bytes
  bool operator==(const Link&) const = default;
};

/// How far a shop's chain goes. Who keeps one elsewhere notices when rows are cut off, or all are written anew.
struct Head {
  TenantId tenant;
  std::int64_t seq = 0;  ///< 0: no row yet
  std::string hash = hash_before_all();
  bool operator==(const Head&) const = default;
};

Link next_link(const Head& head, std::string entry);

/// Reads a chain from its beginning, row by row.
class ChainReader {
 public:
  explicit ChainReader(TenantId tenant) : head_{.tenant = std::move(tenant)} {}
  /// What is wrong with the row that should come next, or nothing.
  std::optional<std::string> follow(const Link& link);
  const Head& head() const { return head_; }

 private:
  Head head_;
};

}  // namespace cloudcart::audit
