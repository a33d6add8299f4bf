#pragma once

#include <cstdint>

namespace cloudcart::analytics {

/// What orders placed, or given back, come to. Small, as one for each of many groups is touched at random. All parts are
/// sums, and can be taken away again. No part overflows: each is at most the shop's sum of all time, which is checked.
struct Counted {
  std::int64_t units = 0;
  std::int64_t amount = 0;   ///< minor units
  std::uint32_t orders = 0;  ///< of what is given back only whole orders
  std::uint32_t flows = 0;   ///< 0: nothing happened

  void add(const Counted& other) {
    units += other.units;
    amount += other.amount;
    orders += other.orders;
    flows += other.flows;
  }
  void subtract(const Counted& other) {
    units -= other.units;
    amount -= other.amount;
    orders -= other.orders;
    flows -= other.flows;
  }
};

/// Both ways.
struct CountedSales {
  Counted placed, given_back;
};

}  // namespace cloudcart::analytics
