#include "recommendation/domain/co_purchases.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace cloudcart::recommendation {
namespace {

/// What is left of a sum after a subtraction and is smaller than this part of what was subtracted is rounding.
constexpr float rounding = 1e-4F;

float changed(float sum, float change) {
  const float result = sum + change;
  return change < 0 && result < -change * rounding ? 0.0F : result;
}

}  // namespace

float CoPurchases::weight_of(std::size_t products, Timestamp time) const {
  const std::chrono::duration<double, std::chrono::days::period> since = time - landmark_;
  const auto exponent = std::clamp(since.count() / weighting_.half_life_days, -60.0, 60.0);
  return static_cast<float>(std::exp2(exponent) *
                            std::pow(static_cast<double>(products), -weighting_.size_exponent));
}

void CoPurchases::make_room(std::size_t products) {
  rows_.make_room(products);
  weights_.resize(products);
  paired_.resize(products);
}

void CoPurchases::count(std::span<const OrderBook::Line> lines, Timestamp time, int sign) {
  const auto change = weight_of(lines.size(), time) * static_cast<float>(sign);
  const auto paired = lines.first(std::min(lines.size(), weighting_.basket_products));
  for (const auto& line : paired) rows_.prefetch(line.product);
  for (const auto& line : paired)
    for (const auto& other : paired) rows_.prefetch(line.product, other.product);
  for (const auto& line : paired) {
    store_shared(weights_[line.product], changed(weights_[line.product], change));
    const auto others = static_cast<float>(paired.size() - 1);
    store_shared(paired_[line.product], changed(paired_[line.product], change * others));
    for (const auto& other : paired) {
      if (other.product == line.product) continue;
      rows_.update(line.product, other.product, [change](float sum) { return changed(sum, change); });
    }
  }
}

void CoPurchases::count_all(const OrderBook& book, const Crew& crew) {
  Baskets baskets;
  for (std::uint32_t i = 0; i < book.order_count(); ++i) {
    const auto& order = book.order(i);
    if (order.state != OrderBook::State::bought) continue;
    const auto lines = book.lines(order);
    for (const auto& line : lines.first(std::min(lines.size(), weighting_.basket_products)))
      baskets.add(line.product);
    baskets.close(weight_of(lines.size(), order.time));
  }
  count_all(std::move(baskets), book.products().size(), crew);
}

void CoPurchases::count_all(Baskets baskets, std::size_t products, const Crew& crew) {
  make_room(products);
  baskets.index_by_product(products);
  const auto count = static_cast<std::uint32_t>(products);
  std::atomic<std::uint32_t> next{0};
  crew([&] {
    constexpr std::uint32_t step = 64;
    std::vector<float> sums(count);
    std::vector<std::uint32_t> touched;
    std::vector<LiveRows::Entry> row;
    for (std::uint32_t first; (first = next.fetch_add(step)) < count;)
      for (auto product = first; product < std::min(first + step, count); ++product)
        count_row(product, baskets, sums, touched, row);
  });
}

void CoPurchases::count_row(std::uint32_t product, const Baskets& baskets, std::vector<float>& sums,
                            std::vector<std::uint32_t>& touched, std::vector<LiveRows::Entry>& row) {
  for (const auto basket : baskets.with(product)) {
    const auto weight = baskets.weight(basket);
    for (const auto other : baskets.of(basket)) {
      if (sums[other] == 0) touched.push_back(other);
      sums[other] += weight;
    }
  }
  row.clear();
  float paired = 0;
  for (const auto other : touched) {
    const auto sum = std::exchange(sums[other], 0.0F);
    if (other == product) {
      weights_[product] = sum;
    } else {
      row.push_back({other, sum});
      paired += sum;
    }
  }
  touched.clear();
  paired_[product] = paired;
  rows_.fill(product, row);
}

}  // namespace cloudcart::recommendation
