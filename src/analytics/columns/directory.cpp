#include "analytics/columns/directory.h"

#include <stdexcept>
#include <tuple>

namespace cloudcart::analytics {

void Items::learn(std::uint32_t item, ProductId product, const std::string& category) {
  if (item < size()) return;
  if (item > size()) throw std::logic_error("an item's number was left out");
  const auto [known_product, is_new] =
      product_numbers_.try_emplace(product, static_cast<std::uint32_t>(products_.size()));
  if (is_new) products_.push_back({product, {Block::never, {}}});
  const auto [known_category, is_new_category] =
      category_numbers_.try_emplace(category, static_cast<std::uint32_t>(categories_.size()));
  if (is_new_category) categories_.push_back(category);
  product_of_.push_back(known_product->second);
  category_of_.push_back(known_category->second);
}

void Items::learn_name(std::uint32_t item, std::int64_t at, const std::string& name) {
  auto& known = products_[product_of_[item]].name;
  if (std::tie(at, name) > std::tie(known.first, known.second)) known = {at, name};
}

namespace {

template <class Map>
std::optional<std::uint32_t> number_in(const Map& numbers, const typename Map::key_type& key) {
  const auto known = numbers.find(key);
  if (known == numbers.end()) return std::nullopt;
  return known->second;
}

}  // namespace

std::optional<std::uint32_t> Items::find(ProductId product) const {
  return number_in(product_numbers_, product);
}

std::optional<std::uint32_t> Items::find(const std::string& category) const {
  return number_in(category_numbers_, category);
}

}  // namespace cloudcart::analytics
