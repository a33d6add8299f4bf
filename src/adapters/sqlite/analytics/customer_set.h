#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <roaring/roaring.hh>

namespace cloudcart::analytics {

/// Customers by their numbers, as a Roaring bitmap (Lemire et al., "Roaring Bitmaps: Implementation of an
/// Optimized Software Library", 2018): distinct customers of any days are the union of the days' sets.
class CustomerSet {
 public:
  CustomerSet() = default;
  /// What bytes() wrote; the empty text is the empty set. Throws std::runtime_error for anything else.
  explicit CustomerSet(std::string_view bytes) {
    if (!bytes.empty()) bits_ = Roaring::readSafe(bytes.data(), bytes.size());
  }

  void add(std::int64_t number) { bits_.add(static_cast<std::uint32_t>(number)); }
  void add(const CustomerSet& others) { bits_ |= others.bits_; }
  bool empty() const { return bits_.isEmpty(); }
  std::int64_t size() const { return static_cast<std::int64_t>(bits_.cardinality()); }
  std::string bytes() const {
    std::string out(bits_.getSizeInBytes(), '\0');
    bits_.write(out.data());
    return out;
  }

 private:
  Roaring bits_;
};

}  // namespace cloudcart::analytics
