#include "recommendation/domain/local_ease.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

namespace cloudcart::recommendation {
EaseSolver::EaseSolver(const CoPurchases& pairs, std::size_t products, EaseOptions options, float ridge)
    : pairs_(pairs),
      options_(options),
      ridge_(ridge),
      products_(products),
      gram_(options.neighbours * options.neighbours),
      right_(options.neighbours) {}

std::span<const LiveRows::Entry> EaseSolver::solve(std::uint32_t product) {
  choose_neighbours(product);
  if (chosen_.empty()) return {};
  gather();
  if (!factorise()) return {};
  substitute();
  for (std::size_t i = 0; i < chosen_.size(); ++i) chosen_[i].value = right_[i];
  return chosen_;
}

void EaseSolver::choose_neighbours(std::uint32_t product) {
  chosen_.clear();
  const auto most = options_.neighbours;
  float least = 0;
  pairs_.rows().for_each(product, [&](std::uint32_t other, float together) {
    // The cosine, but for a factor that is the same for all.
    const float closeness = together * together / pairs_.weight(other);
    if (closeness < least || other >= products_) return;
    chosen_.push_back({other, closeness});
    if (chosen_.size() < 4 * most) return;
    keep_largest(chosen_, most);
    least = chosen_.back().value;
  });
  keep_largest(chosen_, most);
  std::ranges::sort(chosen_, {}, &LiveRows::Entry::column);
  columns_.clear();
  for (const auto& neighbour : chosen_) columns_.push_back(neighbour.column);
  pairs_.rows().gather(product, columns_, right_.data());
}

/// Fills the upper triangle of the neighbours' part of the matrix.
void EaseSolver::gather() {
  const auto size = chosen_.size();
  for (const auto column : columns_) pairs_.rows().prefetch(column);
  for (std::size_t i = 0; i < size; ++i) {
    auto* row = &gram_[i * size];
    row[i] = pairs_.weight(columns_[i]) + ridge_;
    pairs_.rows().gather(columns_[i], std::span{columns_}.subspan(i + 1), row + i + 1);
  }
}

/// Cholesky by rows of U, each taken from all below at once, which compilers turn into vector code. False when
/// rounding, or counts that changed meanwhile, left no positive definite matrix.
bool EaseSolver::factorise() {
  const auto size = chosen_.size();
  for (std::size_t k = 0; k < size; ++k) {
    float* const row = &gram_[k * size];
    if (!(row[k] > 0)) return false;
    const float scale = 1 / std::sqrt(row[k]);
    for (std::size_t j = k; j < size; ++j) row[j] *= scale;
    for (std::size_t i = k + 1; i < size; ++i) {
      float* const below = &gram_[i * size];
      const float factor = row[i];
      if (factor == 0) continue;
      for (std::size_t j = i; j < size; ++j) below[j] -= factor * row[j];
    }
  }
  return true;
}

/// Solves U^T·y = right, then U·x = y, in place.
void EaseSolver::substitute() {
  const auto size = chosen_.size();
  for (std::size_t i = 0; i < size; ++i) {
    const float* const row = &gram_[i * size];
    const float solved = right_[i] / row[i];
    right_[i] = solved;
    for (std::size_t j = i + 1; j < size; ++j) right_[j] -= solved * row[j];
  }
  for (std::size_t i = size; i-- > 0;) {
    const float* const row = &gram_[i * size];
    float sum = right_[i];
    for (std::size_t j = i + 1; j < size; ++j) sum -= row[j] * right_[j];
    right_[i] = sum / row[i];
  }
}

void LocalEase::solve_all(const CoPurchases& pairs, std::size_t products, std::uint64_t lines,
                          const Crew& crew) {
  rows_.make_room(products);
  double diagonal = 0;
  for (std::uint32_t product = 0; product < products; ++product) diagonal += pairs.weight(product);
  if (diagonal <= 0 || lines == 0) return;
  const auto ridge = static_cast<float>(options_.l2 * diagonal / static_cast<double>(lines));

  // The regressions give columns, each with room where its product stands; the rows are made of them after.
  std::vector<LiveRows::Entry> columns(products * options_.neighbours);
  std::vector<std::uint8_t> lengths(products);
  const auto column = [&](std::size_t product) {
    return std::span{columns}.subspan(product * options_.neighbours, lengths[product]);
  };
  constexpr std::size_t step = 64;
  std::atomic<std::size_t> next{0};
  crew([&] {
    EaseSolver solver(pairs, products, options_, ridge);
    for (std::size_t first; (first = next.fetch_add(step)) < products;) {
      const auto guard = pairs.rows().epochs().enter();  // rows that are counted meanwhile stay readable
      for (auto product = first; product < std::min(first + step, products); ++product) {
        const auto weights = solver.solve(static_cast<std::uint32_t>(product));
        lengths[product] = static_cast<std::uint8_t>(weights.size());
        std::ranges::copy(weights, column(product).begin());
      }
    }
  });

  std::vector<std::uint32_t> starts(products + 1);
  for (std::size_t product = 0; product < products; ++product)
    for (const auto& weight : column(product)) ++starts[weight.column + 1];
  for (std::size_t row = 1; row <= products; ++row) starts[row] += starts[row - 1];
  std::vector<LiveRows::Entry> by_row(starts[products]);
  auto place = starts;
  for (std::size_t product = 0; product < products; ++product)
    for (const auto& weight : column(product))
      by_row[place[weight.column]++] = {static_cast<std::uint32_t>(product), weight.value};
  std::vector<LiveRows::Entry> row;
  for (std::size_t number = 0; number < products; ++number) {
    const auto all = std::span{by_row}.subspan(starts[number], starts[number + 1] - starts[number]);
    row.assign(all.begin(), all.end());
    keep_largest(row, options_.row_entries, [](float value) { return std::abs(value); });
    rows_.fill(static_cast<std::uint32_t>(number), row);
  }
}

}  // namespace cloudcart::recommendation
