#include "adapters/sqlite/product/sqlite_product_repository.h"

#include "adapters/sqlite/product/change_counter.h"
#include "adapters/sqlite/product/list_statement.h"
#include "adapters/sqlite/product/stock_rows.h"
#include "product/domain/search_text.h"

namespace cloudcart::product {
namespace {

using sqlite::Connection;
using sqlite::Statement;

const std::string select_product =
    "SELECT p.number, p.id, p.name, p.description, p.price, p.category, s.available, p.image_url, p.sku, "
    "p.is_active, "
    "p.created_at, p.updated_at FROM product p JOIN stock s ON s.number = p.number ";
const std::string select_by_id = select_product + "WHERE p.tenant = ? AND p.id = ?";
const std::string select_by_number = select_product + "WHERE p.number = ?";

struct StoredProduct {
  std::int64_t number;
  Product product;
};

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

std::optional<StoredProduct> find_by_id(Connection& connection, const TenantId& tenant, const ProductId& id) {
  auto row = connection.prepare(select_by_id);
  row.bind_all(tenant.value, id);
  if (!row.step()) return std::nullopt;
  return read_row(row);
}

Product find_by_number(Connection& connection, std::int64_t number) {
  auto row = connection.prepare(select_by_number);
  row.bind(number);
  row.step();
  return read_row(row).product;
}

/// False when a product with this id is there already. Throws Failure when the sku is taken.
bool insert(Connection& connection, const TenantId& tenant, const Product& product, const StockNote& note) {
  const auto sort_name = name_sort_key(product.name);
  connection
      .prepare(
          "INSERT INTO product(tenant, id, name, sort_name, description, price, category, image_url, sku, "
          "is_active, "
          "created_at, updated_at) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(tenant, id) DO "
          "NOTHING")
      .bind_all(tenant.value, product.id, product.name, sort_name, product.description, product.price,
                product.category_name, product.image_url, product.sku, product.is_active, product.created_at,
                product.updated_at)
      .run();
  if (connection.changes() == 0) return false;
  const auto number = connection.last_insert_rowid();
  const auto text = search_text(product);
  connection.prepare("INSERT INTO product_text(rowid, text) VALUES(?, ?)").bind_all(number, text).run();
  add_stock(connection, number, product.inventory_count, note, product.created_at);
  return true;
}

void store_change(Connection& connection, const StoredProduct& before, const Product& after,
                  const StockNote& note) {
  const auto sort_name = name_sort_key(after.name);
  connection
      .prepare(
          "UPDATE product SET name = ?, sort_name = ?, description = ?, price = ?, category = ?, image_url = "
          "?, "
          "sku = ?, is_active = ?, updated_at = ? WHERE number = ?")
      .bind_all(after.name, sort_name, after.description, after.price, after.category_name, after.image_url,
                after.sku, after.is_active, after.updated_at, before.number)
      .run();
  const auto text = search_text(after);
  if (text != search_text(before.product))
    connection.prepare("UPDATE product_text SET text = ? WHERE rowid = ?")
        .bind_all(text, before.number)
        .run();
  const auto delta = after.inventory_count - before.product.inventory_count;
  if (delta == 0) return;
  auto stock = stock_of(connection, before.number);
  move_stock(connection, stock, {Movement::adjust, delta, std::nullopt, after.updated_at, &note});
}

/// Runs a job in which the only UNIQUE rule that can break is the one for skus.
template <class Job>
auto naming_taken_sku(Job job) -> decltype(job()) {
  try {
    return job();
  } catch (const sqlite::Failure& failure) {
    if (!failure.is_unique_violation()) throw;
    return fail(sku_taken());
  }
}

}  // namespace

Task<Result<AsOf<Product>>> SqliteProductRepository::create(TenantId tenant, Product product, StockNote note,
                                                            Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) {
    return naming_taken_sku([&]() -> Result<AsOf<Product>> {
      if (!insert(connection, tenant, product, note))
        return fail(ErrorCode::conflict, "A product with this id is there already.");
      return AsOf{product, count_change(connection)};
    });
  });
}

Task<Result<AsOf<Product>>> SqliteProductRepository::update(TenantId tenant, ProductId id,
                                                            ProductChange change, StockNote note,
                                                            Timestamp now, Deadline deadline) {
  co_return co_await store_.write(deadline, [=](Connection& connection) {
    return naming_taken_sku([&]() -> Result<AsOf<Product>> {
      const auto before = find_by_id(connection, tenant, id);
      if (!before) return fail(Error::not_found("Product"));
      auto product = before->product;
      if (!apply(change, now, product)) return AsOf{product, newest_change(connection)};
      store_change(connection, *before, product, note);
      return AsOf{product, count_change(connection)};
    });
  });
}

Task<Result<AsOf<std::vector<Product>>>> SqliteProductRepository::find(TenantId tenant,
                                                                       std::vector<ProductId> ids,
                                                                       Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<AsOf<std::vector<Product>>> {
    std::vector<Product> products;
    for (const auto& id : ids) {
      if (auto found = find_by_id(connection, tenant, id)) products.push_back(std::move(found->product));
    }
    return AsOf{std::move(products), newest_change(connection)};
  });
}

Task<Result<AsOf<ProductPage>>> SqliteProductRepository::list(TenantId tenant, ProductQuery query,
                                                              Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<AsOf<ProductPage>> {
    const ListStatement statement(tenant, query);
    auto numbers = statement.numbers(connection);
    ProductPage page{.total = statement.total(connection), .has_more = std::ssize(numbers) > query.limit};
    if (page.has_more) numbers.pop_back();
    for (const auto number : numbers) page.products.push_back(find_by_number(connection, number));
    return AsOf{std::move(page), newest_change(connection)};
  });
}

Task<Result<AsOf<std::vector<std::string>>>> SqliteProductRepository::categories(TenantId tenant,
                                                                                 Deadline deadline) {
  co_return co_await store_.read(
      deadline, [=](Connection& connection) -> Result<AsOf<std::vector<std::string>>> {
        // From one category to the next in the index: as many steps as there are categories, however many
        // products.
        auto rows = connection.prepare(
            "WITH RECURSIVE step(category) AS ("
            "SELECT min(category) FROM product WHERE tenant = ?1 AND is_active = 1 "
            "UNION ALL SELECT (SELECT min(category) FROM product WHERE tenant = ?1 AND is_active = 1 "
            "AND category > step.category) FROM step WHERE step.category IS NOT NULL) "
            "SELECT category FROM step WHERE category IS NOT NULL");
        rows.bind(tenant.value);
        std::vector<std::string> categories;
        while (rows.step()) categories.push_back(rows.string(0));
        return AsOf{std::move(categories), newest_change(connection)};
      });
}

Task<Result<AsOf<std::size_t>>> SqliteProductRepository::import_products(TenantId tenant,
                                                                         std::vector<Product> products,
                                                                         Deadline deadline) {
  auto shared = std::make_shared<const std::vector<Product>>(std::move(products));
  co_return co_await store_.write(deadline, [tenant, shared](Connection& connection) {
    return naming_taken_sku([&]() -> Result<AsOf<std::size_t>> {
      const StockNote note{std::string{imported_reason}, std::nullopt};
      std::size_t added = 0;
      for (const auto& product : *shared) added += insert(connection, tenant, product, note) ? 1 : 0;
      return AsOf{added, added > 0 ? count_change(connection) : newest_change(connection)};
    });
  });
}

}  // namespace cloudcart::product
