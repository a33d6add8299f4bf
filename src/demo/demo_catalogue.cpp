#include "demo/demo_catalogue.h"

#include <algorithm>

#include <fmt/format.h>

#include "demo/words.h"

namespace cloudcart::demo {
namespace {

constexpr std::size_t kinds = categories.size() * kinds_per_category;
constexpr std::uint64_t product_stream = 0x70726F6475637473;

std::string name_of(std::size_t round, std::size_t category, std::size_t kind_index) {
  const auto& kind = categories[category].kinds[kind_index];
  // Not every first collection of a category is called the same; within one kind every round has its own
  // name.
  const auto collection = collections[(round + category * 7 + kind_index / 3 * 11) % collections.size()];
  const std::size_t variant = round / collections.size();
  if (variant == 0) return fmt::format("{} {}", collection, kind.name);
  const auto colour = colours[(variant - 1) % colours.size()];
  const std::size_t edition = (variant - 1) / colours.size();
  if (edition == 0) return fmt::format("{} {} {}", collection, colour, kind.name);
  return fmt::format("{} {} {} No. {}", collection, colour, kind.name, edition + 1);
}

/// Prices as shops like them: 14.99, 15.50, 15.00.
Money price_of(const Kind& kind, Random& random) {
  constexpr std::array<std::int64_t, 4> endings{-1, -1, 50, 0};
  const std::int64_t whole = random.between(kind.lowest_price, kind.highest_price);
  return Money{whole * 100 + endings[random.below(endings.size())]};
}

std::int64_t stock_of(Random& random) {
  // A few are nearly gone or gone, so that there is something to see and to mind.
  const auto draw = random.below(100);
  if (draw < 2) return 0;
  if (draw < 8) return random.between(1, 5);
  return random.between(40, 400);
}

}  // namespace

DemoCatalogue::DemoCatalogue(std::uint64_t seed, std::size_t count, std::uint32_t days)
    : by_category_(categories.size()), by_kind_(kinds) {
  products_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    Random random(seed ^ product_stream, i);
    products_.push_back(make_product(i, random, days));
    const auto& product = products_.back();
    const auto id = static_cast<std::uint32_t>(i);
    // Popularity falls like Zipf's law, in an order that has nothing to do with the numbering.
    const std::uint64_t weight = 100'000 / (random.below(count) + 5) + 1;
    put(by_category_[product.category], id, weight);
    put(by_kind_[product.category * kinds_per_category + product.kind], id, weight);
  }
}

DemoProduct DemoCatalogue::make_product(std::size_t index, Random& random, std::uint32_t days) const {
  const std::size_t category = index % kinds / kinds_per_category;
  const std::size_t kind_index = index % kinds_per_category;
  const std::size_t round = index / kinds;
  const auto& kind = categories[category].kinds[kind_index];
  DemoProduct product{.category = static_cast<std::uint32_t>(category),
                      .kind = static_cast<std::uint32_t>(kind_index),
                      .collection = static_cast<std::uint32_t>(round),
                      .sku = fmt::format("{}{}-{:04}", categories[category].code, kind_index + 1, round + 1),
                      .name = name_of(round, category, kind_index),
                      .price = price_of(kind, random),
                      .inventory_count = stock_of(random),
                      .used_up = kind.used_up};
  if (random.percent(20)) product.launch_day = static_cast<std::uint32_t>(random.below(days));
  return product;
}

void DemoCatalogue::put(Shelf& shelf, std::uint32_t product, std::uint64_t weight) {
  const std::uint64_t below = shelf.weights_below.empty() ? 0 : shelf.weights_below.back();
  shelf.members.push_back(product);
  shelf.weights_below.push_back(below + weight);
}

std::uint32_t DemoCatalogue::pick_from(Random& random, const Shelf& shelf) {
  const std::uint64_t at = random.below(shelf.weights_below.back());
  const auto found = std::ranges::upper_bound(shelf.weights_below, at);
  return shelf.members[static_cast<std::size_t>(found - shelf.weights_below.begin())];
}

std::uint32_t DemoCatalogue::pick(Random& random, std::size_t category) const {
  return pick_from(random, by_category_[category]);
}

std::uint32_t DemoCatalogue::pick_companion(Random& random, std::uint32_t product) const {
  const auto& own = products_[product];
  const auto& kind = categories[own.category].kinds[own.kind];
  const auto wanted = kind.goes_with[random.below(kind.goes_with.size())];
  const auto& shelf = by_kind_[own.category * kinds_per_category + wanted];
  if (shelf.members.empty()) return product;
  // Every round of the numbering is one collection, so that a shelf's member number is its collection.
  if (random.percent(65) && own.collection < shelf.members.size()) return shelf.members[own.collection];
  return pick_from(random, shelf);
}

}  // namespace cloudcart::demo
