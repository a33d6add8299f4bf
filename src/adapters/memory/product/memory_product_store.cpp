#include "adapters/memory/product/memory_product_store.h"

#include <algorithm>
#include <stdexcept>

namespace cloudcart::product {

std::optional<Product> MemoryProductStore::Shop::find(ProductId id) const {
  const auto found = products.find(id);
  if (found == products.end()) return std::nullopt;
  auto product = found->second;
  product.inventory_count = stock.at(id).available;
  return product;
}

bool MemoryProductStore::Shop::has_sku(const std::optional<std::string>& sku, ProductId except) const {
  return sku && std::ranges::any_of(products, [&](const auto& entry) {
           return entry.second.sku == sku && entry.first != except;
         });
}

void MemoryProductStore::Shop::add(const Product& product, StockNote note) {
  products.emplace(product.id, product);
  move(product.id, {.movement = Movement::initial,
                    .delta = product.inventory_count,
                    .note = std::move(note),
                    .time = product.created_at});
}

const StockMovement& MemoryProductStore::Shop::move(ProductId id, StockMovement movement) {
  auto& units = stock[id];
  units = after(units, movement.movement, movement.delta);
  if (!is_possible(units)) throw std::logic_error("a stock movement made a count negative");
  auto& entries = ledger[id];
  movement.sequence = std::ssize(entries) + 1;
  return entries.emplace_back(std::move(movement));
}

}  // namespace cloudcart::product
