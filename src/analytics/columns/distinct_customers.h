#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

namespace cloudcart::analytics {

/// Counts, for each group, the different customers and those who come twice or more.
class DistinctCustomers {
 public:
  struct Count {
    std::int64_t active = 0;
    std::int64_t repeat = 0;
  };

  /// `groups` as far as known: more may come later when they are kept by hash.
  DistinctCustomers(std::size_t groups, std::size_t customers)
      : customers_(customers), dense_(groups * customers <= most_dense ? groups * customers : 0) {}

  /// Whether the customer is new to the group.
  bool add(std::uint32_t group, std::uint32_t customer) {
    auto& seen = dense_.empty() ? sparse_[std::uint64_t{group} << 32 | customer]
                                : dense_[group * customers_ + customer];
    if (seen > 1) return false;
    if (group >= counts_.size()) counts_.resize(std::max<std::size_t>(group + 1, 2 * counts_.size()));
    ++(seen == 0 ? counts_[group].active : counts_[group].repeat);
    return seen++ == 0;
  }
  Count of(std::uint32_t group) const { return group < counts_.size() ? counts_[group] : Count{}; }

 private:
  /// Bytes that are cleared for a query in about a millisecond.
  static constexpr std::size_t most_dense = 8 << 20;

  std::size_t customers_;
  std::vector<std::uint8_t> dense_;
  boost::unordered_flat_map<std::uint64_t, std::uint8_t> sparse_;
  std::vector<Count> counts_;
};

}  // namespace cloudcart::analytics
