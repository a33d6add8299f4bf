#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace cloudcart::analytics {

/// What one product or customer comes to.
struct Tally {
  std::int64_t orders = 0;
  std::int64_t quantity = 0;
  std::int64_t amount = 0;     ///< minor units
  std::int64_t newest_at = 0;  ///< the latest Unix ms of what was counted; 0 where it is not kept

  void add(const Tally& other) {
    orders += other.orders;
    quantity += other.quantity;
    amount += other.amount;
    newest_at = std::max(newest_at, other.newest_at);
  }
  bool operator==(const Tally&) const = default;
};

/// By the number of the product or customer.
using Tallies = std::map<std::int64_t, Tally>;

/// About ten bytes an entry: ascending numbers as differences, then the figures, all as
/// variable-length integers (LEB128; signed ones zigzag, as in Protocol Buffers).
std::string pack(const Tallies& tallies);

/// Reads what pack() wrote, entry by entry, without building anything.
class TallyCursor {
 public:
  explicit TallyCursor(std::string_view packed) : at_(packed.data()), end_(at_ + packed.size()) {}
  /// False at the end. Throws std::runtime_error for bytes that pack() does not write: the file is damaged.
  bool next();
  std::int64_t number() const { return number_; }
  const Tally& tally() const { return tally_; }

 private:
  std::uint64_t take();
  std::int64_t take_signed();

  const char* at_;
  const char* end_;
  std::int64_t number_ = 0;
  Tally tally_;
};

}  // namespace cloudcart::analytics
