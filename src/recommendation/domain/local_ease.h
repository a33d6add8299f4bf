#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recommendation/domain/co_purchases.h"

namespace cloudcart::recommendation {

struct EaseOptions {
  std::size_t neighbours = 50;  ///< of each product, those it is regressed on
  /// Ridge penalty, in lines: the matrix is scaled so that its diagonal adds up to the number of lines.
  double l2 = 20;
  std::size_t row_entries = 100;  ///< of each row, the largest that are kept: answers stay quick
};

/// What each product owes to each of its neighbours when all are seen together: a relative of EASE (Steck,
/// "Embarrassingly shallow autoencoders", WWW 2019) that needs no dense matrix of all products.
///
/// For each product j the ridge regression of its orders on those of its nearest neighbours N(j) only:
/// b = (G_NN + l2·I)^-1 G_Nj, with G the matrix of co-purchases. A neighbour that owes its place to another one
/// gets little weight, which is what plain counts cannot tell; leaving out all but the nearest changes the
/// figures little (cf. Steck, "Markov random fields for collaborative filtering", NeurIPS 2019, section on
/// sparse approximation). The weights are kept by row, for a basket's score is the sum of its products' rows.
///
/// One writer; readers need no locks.
class LocalEase {
 public:
  LocalEase(Epochs& epochs, EaseOptions options) : options_(options), rows_(epochs) {}

  /// Solves all products' regressions on the crew's threads, into an empty matrix. `pairs` may change meanwhile;
  /// `lines` is how many lines it was counted from.
  void solve_all(const CoPurchases& pairs, std::size_t products, std::uint64_t lines, const Crew& crew);

  /// Weights of what `product` adds to each other one's score; may be negative.
  const LiveRows& rows() const { return rows_; }
  std::size_t bytes() const { return rows_.bytes(); }

 private:
  const EaseOptions options_;
  LiveRows rows_;
};

/// One product's regression, with its scratch space: a worker's.
class EaseSolver {
 public:
  EaseSolver(const CoPurchases& pairs, std::size_t products, EaseOptions options, float ridge);

  /// The neighbours of `product` and their weights; valid until the next call.
  std::span<const LiveRows::Entry> solve(std::uint32_t product);

 private:
  void choose_neighbours(std::uint32_t product);
  void gather();
  bool factorise();
  void substitute();

  const CoPurchases& pairs_;
  const EaseOptions options_;
  const float ridge_;
  const std::size_t products_;
  std::vector<LiveRows::Entry> chosen_;  ///< first with closeness, then with weights
  std::vector<std::uint32_t> columns_;   ///< those of chosen_
  std::vector<float> gram_;              ///< size × size, row-major; its upper triangle becomes U of U^T·U
  std::vector<float> right_;             ///< G_Nj, then the solution
};

}  // namespace cloudcart::recommendation
