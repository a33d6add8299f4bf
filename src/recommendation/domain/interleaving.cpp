#include "recommendation/domain/interleaving.h"

#include <unordered_set>

#include "core/random.h"

namespace cloudcart::recommendation {
namespace {

/// One ranking, without what is in the draft already.
struct Captain {
  std::span<const ProductId> ranking;
  std::size_t next = 0;
  std::size_t chosen = 0;

  bool has_more(const std::unordered_set<ProductId>& taken) {
    while (next < ranking.size() && taken.contains(ranking[next])) ++next;
    return next < ranking.size();
  }
};

}  // namespace

std::vector<Drafted> team_draft(std::span<const ProductId> first, std::span<const ProductId> second,
                                std::size_t limit, std::uint64_t seed) {
  std::vector<Drafted> draft;
  std::unordered_set<ProductId> taken;
  Captain captains[2]{{first}, {second}};
  Random coin(seed, 0);
  while (draft.size() < limit) {
    const bool more[2]{captains[0].has_more(taken), captains[1].has_more(taken)};
    if (!more[0] && !more[1]) break;
    const bool both = more[0] && more[1];
    bool from_second = !more[0];
    if (both) {
      const bool equal = captains[0].chosen == captains[1].chosen;
      // The top bit: the lower ones of some generators are weaker.
      from_second = equal ? coin.next() >> 63 != 0 : captains[1].chosen < captains[0].chosen;
    }
    auto& captain = captains[from_second];
    const auto place = captain.next++;
    ++captain.chosen;
    const auto product = captain.ranking[place];
    taken.insert(product);
    const auto team = both ? (from_second ? Team::second : Team::first) : Team::none;
    draft.push_back({product, team, from_second, place});
  }
  return draft;
}

}  // namespace cloudcart::recommendation
