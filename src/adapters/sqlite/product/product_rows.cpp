#include "adapters/sqlite/product/product_rows.h"

#include <stdexcept>

namespace cloudcart::product {
namespace {

using sqlite::Connection;
using sqlite::Statement;

const std::string select_product =
    "SELECT p.number, p.id, p.name, p.description, p.price, p.category, s.available, p.image_url, p.sku, "
    "p.is_active, p.created_at, p.updated_at, p.tenant FROM product p JOIN stock s ON s.number = p.number ";
const std::string select_by_id = select_product + "WHERE p.tenant = ? AND p.id = ?";
const std::string select_by_number = select_product + "WHERE p.number = ?";
const std::string select_all = select_product + "ORDER BY p.number";

StoredProduct read_row(const Statement& row) {
  return {row.integer(0),
          {.id = row.id<ProductId>(1),
           .name = row.string(2),
           .description = row.optional_string(3),
           .price = row.money(4),
           .category_name = row.optional_string(5),
           .inventory_count = row.integer(6),
           .image_url = row.optional_string(7),
           .sku = row.optional_string(8),
           .is_active = row.boolean(9),
           .created_at = row.timestamp(10),
           .updated_at = row.timestamp(11)}};
}

}  // namespace

std::optional<StoredProduct> find_product(Connection& connection, const TenantId& tenant,
                                          const ProductId& id) {
  auto row = connection.prepare(select_by_id);
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return read_row(row);
}

Product product_of(Connection& connection, std::int64_t number) {
  auto row = connection.prepare(select_by_number);
  row.bind(number);
  if (!row.step()) throw std::logic_error("there is no product of this number");
  return read_row(row).product;
}

void for_each_product(Connection& connection,
                      const std::function<void(const TenantId&, std::int64_t, const Product&)>& take) {
  auto rows = connection.prepare(select_all);
  while (rows.step()) {
    const auto [number, product] = read_row(rows);
    take(TenantId{rows.string(12)}, number, product);
  }
}

std::optional<std::int64_t> insert_product(Connection& connection, const TenantId& tenant,
                                           const Product& product) {
  connection
      .prepare(
          "INSERT INTO product(tenant, id, name, description, price, category, image_url, sku, is_active, "
          "created_at, updated_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(tenant, id) DO "
          "NOTHING")
      .bind_all(tenant.value, product.id, product.name, product.description, product.price,
                product.category_name, product.image_url, product.sku, product.is_active, product.created_at,
                product.updated_at)
      .run();
  if (connection.changes() == 0) return std::nullopt;
  return connection.last_insert_rowid();
}

void update_product(Connection& connection, std::int64_t number, const Product& product) {
  connection
      .prepare(
          "UPDATE product SET name = ?, description = ?, price = ?, category = ?, image_url = ?, sku = ?, "
          "is_active = ?, updated_at = ? WHERE number = ?")
      .bind_all(product.name, product.description, product.price, product.category_name, product.image_url,
                product.sku, product.is_active, product.updated_at, number)
      .run();
}

}  // namespace cloudcart::product
