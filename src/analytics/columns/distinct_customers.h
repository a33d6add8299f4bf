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
      : groups_(groups), dense_(groups * customers <= most_dense ? groups * customers : 0) {}

  /// Whether the customer is new to the group.
  bool add(std::uint32_t group, std::uint32_t customer) {
    auto& seen = dense_.empty() || group >= groups_ ? sparse_[std::uint64_t{group} << 32 | customer]
                                                    : dense_[customer * groups_ + group];
    if (seen > 1) return false;
    if (group >= counts_.size()) counts_.resize(std::max<std::size_t>(group + 1, 2 * counts_.size()));
    ++(seen == 0 ? counts_[group].active : counts_[group].repeat);
    return seen++ == 0;
  }
  Count of(std::uint32_t group) const { return group < counts_.size() ? counts_[group] : Count{}; }

 private:
  /// Bytes: what a customer has in each group lies together. Beyond, or where groups are not known beforehand, by hash.
  static constexpr std::size_t most_dense = 64 << 20;

  std::size_t groups_;
  std::vector<std::uint8_t> dense_;
  boost::unordered_flat_map<std::uint64_t, std::uint8_t> sparse_;
  std::vector<Count> counts_;
};

/// The same for groups that follow each other in time, at the cost of a few bytes a customer. Each customer has to come
/// in the order of groups; one that is late by a group or so is put right.
class CustomersInOrder {
 public:
  CustomersInOrder(std::size_t groups, std::size_t customers) : counts_(groups), seen_(customers) {}

  /// False when the customer came too late to be told apart: then the counts are of no use.
  bool add(std::uint32_t group, std::uint32_t customer) {
    auto& [latest, before] = seen_[customer];
    if (group > latest.group || latest.times == 0) {
      before = latest;
      latest = {group, 0};
      count(latest);
    } else if (group == latest.group) {
      count(latest);
    } else if (before.times == 0 || group > before.group) {
      before = {group, 0};
      count(before);
    } else if (group == before.group) {
      count(before);
    } else {
      return false;
    }
    return true;
  }
  DistinctCustomers::Count of(std::uint32_t group) const { return counts_[group]; }

 private:
  struct Seen {
    std::uint32_t group = 0;
    std::uint32_t times = 0;
  };

  void count(Seen& seen) {
    ++seen.times;
    counts_[seen.group].active += seen.times == 1;
    counts_[seen.group].repeat += seen.times == 2;
  }

  std::vector<DistinctCustomers::Count> counts_;
  std::vector<std::pair<Seen, Seen>> seen_;
};

}  // namespace cloudcart::analytics
