#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include "core/id.h"

namespace cloudcart::recommendation {

/// Products in order of a score that changes one product at a time: the best are read without sorting. Equal
/// scores stand in order of id, so that the order never depends on how it came about.
template <class Score>
class Leaderboard {
 public:
  struct Entry {
    Score score;
    ProductId product;
  };

  /// Moves `product` from where `before` had put it; no score means not on the board.
  void update(ProductId product, const std::optional<Score>& before, const std::optional<Score>& after) {
    if (before == after) return;
    if (!before) {
      entries_.insert({*after, product});
    } else if (!after) {
      entries_.erase({*before, product});
    } else {
      auto node = entries_.extract({*before, product});
      node.value().score = *after;
      entries_.insert(std::move(node));
    }
  }
  std::vector<Entry> best(std::size_t limit) const {
    std::vector<Entry> answer;
    answer.reserve(std::min(limit, entries_.size()));
    for (auto entry = entries_.begin(); entry != entries_.end() && answer.size() < limit; ++entry)
      answer.push_back(*entry);
    return answer;
  }
  std::size_t bytes() const { return entries_.size() * (sizeof(Entry) + tree_node_bytes); }

 private:
  struct BestFirst {
    bool operator()(const Entry& a, const Entry& b) const {
      if (a.score != b.score) return a.score > b.score;
      return a.product < b.product;
    }
  };
  static constexpr std::size_t tree_node_bytes = 4 * sizeof(void*);

  std::set<Entry, BestFirst> entries_;
};

}  // namespace cloudcart::recommendation
