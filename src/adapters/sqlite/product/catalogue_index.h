#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sqlite/product/shop_index.h"
#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/ports/as_of.h"

namespace cloudcart::product {

/// How much of a product can be ordered now.
struct StockLevel {
  std::int64_t number = 0;  ///< the product's
  std::int64_t available = 0;
};
using StockLevels = std::vector<StockLevel>;

/// What lists and searches need to know of the products of the store "product", in memory: each shop's ShopIndex.
/// It follows the store: what a transaction changed is told here after its commit and before its answer, so that a
/// list shows one's own write, and a product row that is read after a list is at least as new as the list.
///
/// Stock moves with every order, so it is told without waiting for those who list. Safe between threads.
class CatalogueIndex {
 public:
  /// Reads all products, unless that has been done. Until then there is nothing to keep up with, and what is told is
  /// passed over. Lists load by themselves; a server loads before it serves.
  void load(sqlite::Connection& connection);

  AsOf<ListedNumbers> list(sqlite::Connection& connection, const TenantId& tenant, const ProductQuery& query);
  AsOf<std::vector<std::string>> categories(sqlite::Connection& connection, const TenantId& tenant);

  /// Told by the writer, in order of its commits.
  void put(const TenantId& tenant, std::int64_t number, const Product& product, ChangeNumber change);
  /// The same for many new products, cheaper.
  void add(const TenantId& tenant, std::span<const std::pair<std::int64_t, const Product*>> products,
           ChangeNumber change);
  void set_available(std::span<const StockLevel> levels, ChangeNumber change);

 private:
  struct Place {
    ShopIndex* shop = nullptr;
    std::uint32_t slot = 0;
  };

  /// What `question` (const ShopIndex& → T) answers; T's default for a shop without products.
  template <class Question>
  auto ask(sqlite::Connection& connection, const TenantId& tenant, Question question);
  ShopIndex& shop_of(const TenantId& tenant);
  /// Null when the product is not known.
  const Place* find_place(std::int64_t number) const;
  void place(std::int64_t number, Place place);

  mutable std::shared_mutex mutex_;
  bool loaded_ = false;
  std::map<TenantId, std::unique_ptr<ShopIndex>> shops_;
  std::vector<Place> places_;  ///< by product.number
  std::atomic<ChangeNumber> change_{0};
};

}  // namespace cloudcart::product
