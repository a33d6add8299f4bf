#pragma once

#include <functional>
#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/domain/product.h"

namespace cloudcart::product {

/// A product, with the number that the store's other tables know it by.
struct StoredProduct {
  std::int64_t number = 0;
  Product product;
};

std::optional<StoredProduct> find_product(sqlite::Connection& connection, const TenantId& tenant,
                                          const ProductId& id);
/// Of a product that is there.
Product product_of(sqlite::Connection& connection, std::int64_t number);
/// Every product of every shop, in order of number.
void for_each_product(
    sqlite::Connection& connection,
    const std::function<void(const TenantId& tenant, std::int64_t number, const Product& product)>& take);

/// The product without its stock. Answers its number; nullopt when a product with this id is there already. Throws
/// Failure when the sku is taken.
std::optional<std::int64_t> insert_product(sqlite::Connection& connection, const TenantId& tenant,
                                           const Product& product);
/// Everything but the stock. Throws Failure when the sku is taken.
void update_product(sqlite::Connection& connection, std::int64_t number, const Product& product);

}  // namespace cloudcart::product
