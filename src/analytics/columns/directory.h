#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analytics/columns/block.h"
#include "analytics/columns/counted.h"
#include "core/id.h"

namespace cloudcart::analytics {

/// Who bought, by number: dense, from 1; 0 is no_customer, with the sales of orders that name nobody.
struct CustomerTotals {
  UserId user;
  std::uint32_t first_order = 0;  ///< number of the earliest order placed
  OrderId first_order_id;
  std::int64_t first_order_at = Block::never;  ///< `never`: none was placed
  std::int64_t last_order_at = Block::never;
  CountedSales sales;
};

/// What was sold. Events know products by id, name and category, and an item is a product in one category, so that
/// a sale counts for the category of its time; a product may be several items.
class Items {
 public:
  struct Product {
    ProductId id;
    /// As of the newest event that holds it; of equally new ones the greater.
    std::pair<std::int64_t, std::string> name;
  };

  /// Numbers are dense, from 0; telling of one that is known is without effect.
  void learn(std::uint32_t item, ProductId product, const std::string& category);
  /// `name` as an event of `at` (Unix milliseconds) has it.
  void learn_name(std::uint32_t item, std::int64_t at, const std::string& name);

  std::size_t size() const { return product_of_.size(); }
  /// No product has been sold in several categories.
  bool are_products() const { return products_.size() == size(); }
  /// A product's place in products().
  std::optional<std::uint32_t> find(ProductId product) const;
  /// A category's place in categories().
  std::optional<std::uint32_t> find(const std::string& category) const;
  const std::vector<std::uint32_t>& product_of() const { return product_of_; }
  const std::vector<std::uint32_t>& category_of() const { return category_of_; }
  const std::vector<Product>& products() const { return products_; }
  const std::vector<std::string>& categories() const { return categories_; }

 private:
  std::vector<std::uint32_t> product_of_;   ///< by item
  std::vector<std::uint32_t> category_of_;  ///< by item
  std::vector<Product> products_;
  std::vector<std::string> categories_;
  std::unordered_map<ProductId, std::uint32_t> product_numbers_;
  std::unordered_map<std::string, std::uint32_t> category_numbers_;
};

}  // namespace cloudcart::analytics
