#include "adapters/sqlite/product/catalogue_index.h"

#include <algorithm>
#include <mutex>

#include "adapters/sqlite/product/change_counter.h"
#include "adapters/sqlite/product/product_rows.h"

namespace cloudcart::product {

ShopIndex& CatalogueIndex::shop_of(const TenantId& tenant) {
  auto& shop = shops_[tenant];
  if (!shop) shop = std::make_unique<ShopIndex>();
  return *shop;
}

void CatalogueIndex::place(std::int64_t number, Place place) {
  const auto at = static_cast<std::size_t>(number);
  if (at >= places_.size()) places_.resize(std::max(at + 1, places_.size() + places_.size() / 2));
  places_[at] = place;
}

const CatalogueIndex::Place* CatalogueIndex::find_place(std::int64_t number) const {
  const auto at = static_cast<std::size_t>(number);
  return at < places_.size() && places_[at].shop ? &places_[at] : nullptr;
}

void CatalogueIndex::load(sqlite::Connection& connection) {
  {
    const std::shared_lock lock(mutex_);
    if (loaded_) return;
  }
  const std::unique_lock lock(mutex_);
  if (loaded_) return;
  change_ = newest_change(connection);
  for_each_product(connection, [this](const TenantId& tenant, std::int64_t number, const Product& product) {
    auto& shop = shop_of(tenant);
    place(number, {&shop, shop.add_unordered(number, product)});
  });
  for (auto& [tenant, shop] : shops_) shop->finish_adding();
  loaded_ = true;
}

template <class Question>
auto CatalogueIndex::ask(sqlite::Connection& connection, const TenantId& tenant, Question question) {
  load(connection);
  const std::shared_lock lock(mutex_);
  AsOf<std::invoke_result_t<Question, const ShopIndex&>> answer;
  // First the number, then the answer, which may know more than it says.
  answer.as_of = change_.load(std::memory_order_acquire);
  if (const auto shop = shops_.find(tenant); shop != shops_.end()) answer.value = question(*shop->second);
  return answer;
}

AsOf<ListedNumbers> CatalogueIndex::list(sqlite::Connection& connection, const TenantId& tenant,
                                         const ProductQuery& query) {
  return ask(connection, tenant, [&](const ShopIndex& shop) { return shop.list(query); });
}

AsOf<std::vector<std::string>> CatalogueIndex::categories(sqlite::Connection& connection,
                                                          const TenantId& tenant) {
  return ask(connection, tenant, [](const ShopIndex& shop) { return shop.categories(); });
}

void CatalogueIndex::put(const TenantId& tenant, std::int64_t number, const Product& product,
                         ChangeNumber change) {
  const std::unique_lock lock(mutex_);
  if (!loaded_) return;
  if (const auto* known = find_place(number)) {
    known->shop->change(known->slot, product);
  } else {
    auto& shop = shop_of(tenant);
    place(number, {&shop, shop.add(number, product)});
  }
  change_.store(change, std::memory_order_release);
}

void CatalogueIndex::add(const TenantId& tenant,
                         std::span<const std::pair<std::int64_t, const Product*>> products,
                         ChangeNumber change) {
  const std::unique_lock lock(mutex_);
  if (!loaded_) return;
  auto& shop = shop_of(tenant);
  for (const auto& [number, product] : products) {
    // Whoever loaded in between has read them.
    if (find_place(number)) continue;
    place(number, {&shop, shop.add_unordered(number, *product)});
  }
  shop.finish_adding();
  change_.store(change, std::memory_order_release);
}

void CatalogueIndex::set_available(std::span<const StockLevel> levels, ChangeNumber change) {
  const std::shared_lock lock(mutex_);
  if (!loaded_) return;
  for (const auto& [number, available] : levels) {
    const auto& [shop, slot] = places_.at(static_cast<std::size_t>(number));
    shop->set_available(slot, available);
  }
  change_.store(change, std::memory_order_release);
}

}  // namespace cloudcart::product
