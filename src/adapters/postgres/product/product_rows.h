#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "core/caller.h"
#include "product/domain/product.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

/// A product, with the number that the store's other tables know it by.
struct StoredProduct {
  std::int64_t number = 0;
  Product product;
};

/// The columns of a StoredProduct, from the tables product and stock.
#define CLOUDCART_PRODUCT_COLUMNS                                                                   \
  "product.number, product.id, product.name, product.description, product.price, product.category," \
  " stock.available, product.image_url, product.sku, product.is_active, product.created_at,"        \
  " product.updated_at"
/// `first`: where its columns begin in the row.
StoredProduct read_product(const postgres::Row& row, int first);
/// Of rows that begin with a change number, in which nothing follows where nothing was found.
std::vector<Product> read_products(const postgres::Rows& rows, int first);

postgres::Query selecting_products(const TenantId& tenant, const std::vector<ProductId>& ids);
/// With its stock, locked until the transaction ends. The last column is a change number for when nothing changes.
postgres::Query locking_product(const TenantId& tenant, const ProductId& id);
constexpr int now_column = 12;

/// Those whose id is not there yet, with their stock and its first entry in the ledger. Answers how many, and the change
/// number.
postgres::Query inserting_products(const TenantId& tenant, const std::vector<Product>& products,
                                   const StockNote& note);
/// Everything of a product but its stock, and the counts that it is part of.
std::vector<postgres::Query> updating_product(const TenantId& tenant, const StoredProduct& before,
                                              const Product& after);
/// The name of the rule that a taken sku breaks.
constexpr std::string_view sku_is_unique = "product_by_sku";

}  // namespace cloudcart::product
