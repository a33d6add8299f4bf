#pragma once

#include <span>
#include <vector>

#include "recommendation/domain/model.h"
#include "recommendation/offline/metrics.h"
#include "recommendation/offline/offline_task.h"
#include "recommendation/offline/purchases.h"

namespace cloudcart::recommendation::offline {

/// What a shop's serving process does for its model between orders, at the moments that orders decide rather than
/// the clock: a refresh after each hundredth part of news.
class Refresher {
 public:
  Refresher(Model& model, Crew crew) : model_(model), crew_(std::move(crew)), last_(model.orders()) {}
  /// After each order that was learnt.
  void keep_fresh();

 private:
  Model& model_;
  const Crew crew_;
  std::uint64_t last_;  ///< orders at the last refresh
};

/// Puts queries to the engine that serves.
class Answerer {
 public:
  /// `known_items`: how many distinct items the engine may have met; those beyond the catalogue are kept out of
  /// the answers.
  Answerer(const Model& model, const Catalogue& catalogue, std::size_t known_items, std::size_t limit);

  /// At most `limit` items of the catalogue, best first, none of the query, none of `forbidden`.
  std::vector<Answer> operator()(const Query& query, OfflineTask task, Algorithm algorithm,
                                 std::span<const std::uint32_t> forbidden) const;

 private:
  const Model& model_;
  const Catalogue& catalogue_;
  std::size_t outside_;  ///< at most so many items of an answer are not in the catalogue
  std::size_t limit_;
};

}  // namespace cloudcart::recommendation::offline
