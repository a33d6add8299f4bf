#include "adapters/postgres/product/product_rows.h"

#include "adapters/postgres/product/change_numbers.h"
#include "product/domain/product_query.h"
#include "product/domain/search_text.h"

namespace cloudcart::product {
namespace {

using postgres::Query;
using postgres::Row;
using postgres::Rows;

/// Behind an INSERT into category_size whose rows come in order of the name.
#define CLOUDCART_ADD_TO_SIZES                         \
  " ON CONFLICT (tenant, (coalesce('=' || name, '')))" \
  " DO UPDATE SET active = category_size.active + excluded.active"

/// One value of each product, for a parameter that is an array.
template <class Read>
auto column(const std::vector<Product>& products, Read read) {
  std::vector<decltype(read(products.front()))> values;
  values.reserve(products.size());
  for (const auto& product : products) values.push_back(read(product));
  return values;
}

/// What an edit does to the counts of active products.
Query resizing(const TenantId& tenant, const Product& before, const Product& after) {
  std::vector<std::optional<std::string>> names;
  std::vector<std::int64_t> changes;
  const auto count = [&](const Product& product, std::int64_t change) {
    if (!product.is_active) return;
    names.push_back(product.category_name);
    changes.push_back(change);
  };
  count(before, -1);
  count(after, 1);
  return postgres::query(
      "INSERT INTO category_size(tenant, name, active) SELECT $1, name, sum(change)"
      " FROM unnest($2, $3) AS changed(name, change) GROUP BY name HAVING sum(change) <> 0"
      " ORDER BY coalesce('=' || name, '')" CLOUDCART_ADD_TO_SIZES,
      tenant.value, names, changes);
}

}  // namespace

StoredProduct read_product(const Row& row, int first) {
  return {row.integer(first),
          {.id = row.id<ProductId>(first + 1),
           .name = row.string(first + 2),
           .description = row.optional_string(first + 3),
           .price = row.money(first + 4),
           .category_name = row.optional_string(first + 5),
           .inventory_count = row.integer(first + 6),
           .image_url = row.optional_string(first + 7),
           .sku = row.optional_string(first + 8),
           .is_active = row.boolean(first + 9),
           .created_at = row.timestamp(first + 10),
           .updated_at = row.timestamp(first + 11)}};
}

std::vector<Product> read_products(const Rows& rows, int first) {
  std::vector<Product> products;
  for (const auto row : rows) {
    if (!row.is_null(first)) products.push_back(read_product(row, first).product);
  }
  return products;
}

Query selecting_products(const TenantId& tenant, const std::vector<ProductId>& ids) {
  return postgres::query("WITH seen AS MATERIALIZED (SELECT " CLOUDCART_CHANGE_SHOWN
                         " AS change)"
                         " SELECT seen.change, " CLOUDCART_PRODUCT_COLUMNS
                         " FROM seen LEFT JOIN ("
                         "unnest($2) WITH ORDINALITY AS asked(id, place)"
                         " JOIN product ON product.tenant = $1 AND product.id = asked.id"
                         " JOIN stock ON stock.product = product.number) ON true ORDER BY asked.place",
                         tenant.value, ids);
}

Query locking_product(const TenantId& tenant, const ProductId& id) {
  return postgres::query("SELECT " CLOUDCART_PRODUCT_COLUMNS ", " CLOUDCART_CHANGE_NOW
                         " FROM product JOIN stock ON stock.product = product.number"
                         " WHERE product.tenant = $1 AND product.id = $2"
                         " FOR NO KEY UPDATE OF product, stock",
                         tenant.value, id);
}

Query inserting_products(const TenantId& tenant, const std::vector<Product>& products,
                         const StockNote& note) {
  using Text = std::optional<std::string>;
  // Of several with one id the first is taken. All in the order of their ids, so that two imports do not wait in a circle.
  return postgres::query(
      "WITH asked AS MATERIALIZED (SELECT DISTINCT ON (id) * FROM"
      " unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) WITH ORDINALITY"
      " AS each(id, name, name_key, folded, description, price, category, available, image_url, sku,"
      " is_active, created_at, updated_at, place) ORDER BY id, place),"
      " made AS (INSERT INTO product(tenant, id, name, name_key, description, price, category, image_url,"
      " sku, is_active, created_at, updated_at) SELECT $1, id, name, name_key, description, price, category,"
      " image_url, sku, is_active, created_at, updated_at FROM asked ORDER BY id"
      " ON CONFLICT (tenant, id) DO NOTHING RETURNING number, id, category, is_active),"
      " told AS (INSERT INTO product_text(product, tenant, folded, id, is_active, created_at, price, "
      "category,"
      " name_key) SELECT number, $1, folded, id, asked.is_active, created_at, price, asked.category, name_key"
      " FROM made JOIN asked USING (id)),"
      " shelved AS (INSERT INTO stock(product, available, reserved, sold, movements)"
      " SELECT number, available, 0, 0, 1 FROM made JOIN asked USING (id)),"
      " entered AS (INSERT INTO stock_movement(product, sequence, kind, delta, moved_at, reason, actor)"
      " SELECT number, 1, 'initial', available, created_at, $2, $3 FROM made JOIN asked USING (id)),"
      " counted AS (INSERT INTO category_size(tenant, name, active) SELECT $1, category, count(*) FROM made"
      " WHERE is_active GROUP BY category ORDER BY coalesce('=' || category, '')" CLOUDCART_ADD_TO_SIZES
      ")"
      " SELECT count(*), CASE WHEN count(*) > 0 THEN " CLOUDCART_CHANGE_OWN " ELSE " CLOUDCART_CHANGE_NOW
      " END FROM made",
      tenant.value, note.reason, note.actor,  //
      column(products, [](const Product& product) { return product.id; }),
      column(products, [](const Product& product) { return product.name; }),
      column(products, [](const Product& product) { return name_sort_key(product.name); }),
      column(products, [](const Product& product) { return search_text(product); }),
      column(products, [](const Product& product) -> Text { return product.description; }),
      column(products, [](const Product& product) { return product.price.minor_units(); }),
      column(products, [](const Product& product) -> Text { return product.category_name; }),
      column(products, [](const Product& product) { return product.inventory_count; }),
      column(products, [](const Product& product) -> Text { return product.image_url; }),
      column(products, [](const Product& product) -> Text { return product.sku; }),
      column(products, [](const Product& product) { return product.is_active; }),
      column(products, [](const Product& product) { return to_unix_ms(product.created_at); }),
      column(products, [](const Product& product) { return to_unix_ms(product.updated_at); }));
}

std::vector<Query> updating_product(const TenantId& tenant, const StoredProduct& before,
                                    const Product& after) {
  std::vector<Query> queries;
  queries.push_back(postgres::query(
      "UPDATE product SET name = $2, name_key = $3, description = $4, price = $5, category = $6,"
      " image_url = $7, sku = $8, is_active = $9, updated_at = $10 WHERE number = $1",
      before.number, after.name, name_sort_key(after.name), after.description, after.price,
      after.category_name, after.image_url, after.sku, after.is_active, after.updated_at));
  // A text that stays as it is costs its index nothing.
  queries.push_back(
      postgres::query("UPDATE product_text SET folded = $2, is_active = $3, price = $4, category = $5,"
                      " name_key = $6 WHERE product = $1",
                      before.number, search_text(after), after.is_active, after.price, after.category_name,
                      name_sort_key(after.name)));
  queries.push_back(resizing(tenant, before.product, after));
  return queries;
}

}  // namespace cloudcart::product
