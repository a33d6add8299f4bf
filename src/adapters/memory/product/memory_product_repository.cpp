#include "adapters/memory/product/memory_product_repository.h"

#include <algorithm>
#include <set>

namespace cloudcart::product {

Task<Result<AsOf<Product>>> MemoryProductRepository::create(TenantId tenant, Product product, StockNote note,
                                                            Deadline) {
  auto& shop = store_.shops[tenant];
  if (shop.products.contains(product.id))
    co_return fail(ErrorCode::conflict, "A product with this id is there already.");
  if (shop.has_sku(product.sku, product.id)) co_return fail(sku_taken());
  shop.add(product, std::move(note));
  co_return AsOf{std::move(product), ++store_.changes};
}

Task<Result<AsOf<Product>>> MemoryProductRepository::update(TenantId tenant, ProductId id,
                                                            ProductChange change, StockNote note,
                                                            Timestamp now, Deadline) {
  auto& shop = store_.shops[tenant];
  auto product = shop.find(id);
  if (!product) co_return fail(Error::not_found("Product"));
  const auto count_before = product->inventory_count;
  if (!apply(change, now, *product)) co_return AsOf{*std::move(product), store_.changes};
  if (shop.has_sku(product->sku, id)) co_return fail(sku_taken());
  shop.products[id] = *product;
  if (product->inventory_count != count_before)
    shop.move(id, {.movement = Movement::adjust,
                   .delta = product->inventory_count - count_before,
                   .note = std::move(note),
                   .time = now});
  co_return AsOf{*std::move(product), ++store_.changes};
}

Task<Result<AsOf<std::vector<Product>>>> MemoryProductRepository::find(TenantId tenant,
                                                                       std::vector<ProductId> ids, Deadline) {
  const auto& shop = store_.shops[tenant];
  std::vector<Product> products;
  for (const auto& id : ids) {
    if (auto product = shop.find(id)) products.push_back(*std::move(product));
  }
  co_return AsOf{std::move(products), store_.changes};
}

Task<Result<AsOf<ProductPage>>> MemoryProductRepository::list(TenantId tenant, ProductQuery query, Deadline) {
  const auto& shop = store_.shops[tenant];
  ProductPage page;
  std::vector<Product> behind;
  const auto position = [&](const Product& product) { return position_of(product, query.sort); };
  const auto comes_before = [&](const SortPosition& a, const SortPosition& b) {
    return query.descending ? a > b : a < b;
  };
  for (const auto& [id, stored] : shop.products) {
    auto product = *shop.find(id);
    if (!product.is_active || !matches(query, product)) continue;
    ++page.total;
    if (!query.after || comes_before(*query.after, position(product))) behind.push_back(std::move(product));
  }
  std::ranges::sort(behind, comes_before, position);
  const auto first = std::min(query.offset, std::ssize(behind));
  const auto last = std::min(first + query.limit, std::ssize(behind));
  page.has_more = last < std::ssize(behind);
  page.products.assign(behind.begin() + first, behind.begin() + last);
  co_return AsOf{std::move(page), store_.changes};
}

Task<Result<AsOf<std::vector<std::string>>>> MemoryProductRepository::categories(TenantId tenant, Deadline) {
  std::set<std::string> categories;
  for (const auto& [id, product] : store_.shops[tenant].products) {
    if (product.is_active && product.category_name) categories.insert(*product.category_name);
  }
  co_return AsOf{std::vector<std::string>(categories.begin(), categories.end()), store_.changes};
}

Task<Result<AsOf<std::size_t>>> MemoryProductRepository::import_products(TenantId tenant,
                                                                         std::vector<Product> products,
                                                                         Deadline) {
  auto& shop = store_.shops[tenant];
  auto after = shop;
  std::size_t added = 0;
  for (const auto& product : products) {
    if (after.products.contains(product.id)) continue;
    if (after.has_sku(product.sku, product.id)) co_return fail(sku_taken());
    after.add(product, {std::string{imported_reason}, std::nullopt});
    ++added;
  }
  if (added > 0) ++store_.changes;
  shop = std::move(after);
  co_return AsOf{added, store_.changes};
}

}  // namespace cloudcart::product
