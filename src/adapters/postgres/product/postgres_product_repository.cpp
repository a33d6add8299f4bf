#include "adapters/postgres/product/postgres_product_repository.h"

#include "adapters/postgres/product/change_numbers.h"
#include "adapters/postgres/product/product_list.h"
#include "adapters/postgres/product/product_rows.h"
#include "adapters/postgres/product/search_index.h"
#include "adapters/postgres/product/stock_moves.h"

namespace cloudcart::product {
namespace {

using postgres::Failure;
using postgres::Query;
using postgres::Rows;
using postgres::Session;
using postgres::Terms;

/// Ends a transaction with changes that may meet the unique index over skus.
Task<Result<std::vector<Rows>>> commit_unless_sku_taken(Session& session, std::vector<Query> changes) {
  try {
    co_return co_await session.commit(std::move(changes));
  } catch (const Failure& failure) {
    if (failure.constraint() != sku_is_unique) throw;
  }
  co_return fail(sku_taken());
}

Task<Result<AsOf<std::size_t>>> add(postgres::Store& store, TenantId tenant, std::vector<Product> products,
                                    StockNote note, Deadline deadline, Terms terms) {
  const auto insert = [&](Session& session) -> Task<Result<AsOf<std::size_t>>> {
    std::vector<Query> changes;
    changes.push_back(inserting_products(tenant, products, note));
    CLOUDCART_CO_TRY(const auto rows, co_await commit_unless_sku_taken(session, std::move(changes)));
    const auto added = rows[0][0];
    co_return AsOf{static_cast<std::size_t>(added.integer(0)), added.integer(1)};
  };
  co_return co_await store.write(deadline, std::cref(insert), terms);
}

}  // namespace

PostgresProductRepository::PostgresProductRepository(postgres::Store& store) : store_(store) {
  number_changes_upwards(store);
  index_search(store);
}

Task<Result<AsOf<Product>>> PostgresProductRepository::create(TenantId tenant, Product product,
                                                              StockNote note, Deadline deadline) {
  const std::vector products{product};
  CLOUDCART_CO_TRY(const auto added,
                   co_await add(store_, std::move(tenant), products, std::move(note), deadline, {}));
  if (added.value == 0) co_return fail(ErrorCode::conflict, "A product with this id is there already.");
  co_return AsOf{std::move(product), added.as_of};
}

Task<Result<AsOf<Product>>> PostgresProductRepository::update(TenantId tenant, ProductId id,
                                                              ProductChange change, StockNote note,
                                                              Timestamp now, Deadline deadline) {
  const auto edit = [=](Session& session) -> Task<Result<AsOf<Product>>> {
    const auto found = co_await session.run(locking_product(tenant, id));
    if (found.empty()) co_return fail(Error::not_found("Product"));
    const auto before = read_product(found[0], 0);
    auto product = before.product;
    if (!apply(change, now, product)) co_return AsOf{std::move(product), found[0].integer(now_column)};
    auto changes = updating_product(tenant, before, product);
    const auto delta = product.inventory_count - before.product.inventory_count;
    if (delta != 0) changes.push_back(writing_adjustment(before.number, delta, note, now));
    changes.push_back(change_number(true));
    CLOUDCART_CO_TRY(const auto rows, co_await commit_unless_sku_taken(session, std::move(changes)));
    co_return AsOf{std::move(product), rows.back()[0].integer(0)};
  };
  co_return co_await store_.write(deadline, edit);
}

Task<Result<AsOf<std::vector<Product>>>> PostgresProductRepository::find(TenantId tenant,
                                                                         std::vector<ProductId> ids,
                                                                         Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, selecting_products(tenant, ids)));
  co_return AsOf{read_products(rows, 1), rows[0].integer(0)};
}

Task<Result<AsOf<ProductPage>>> PostgresProductRepository::list(TenantId tenant, ProductQuery query,
                                                                Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, listing_products(tenant, query), {.from_replica = true}));
  co_return read_page(rows, query);
}

Task<Result<AsOf<std::vector<std::string>>>> PostgresProductRepository::categories(TenantId tenant,
                                                                                   Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(
          deadline, postgres::query("WITH seen AS MATERIALIZED (SELECT " CLOUDCART_CHANGE_SHOWN " AS change)"
                                    " SELECT seen.change, name FROM seen LEFT JOIN category_size"
                                    " ON tenant = $1 AND name IS NOT NULL AND active > 0",
                                    tenant.value)));
  std::vector<std::string> names;
  for (const auto row : rows) {
    if (!row.is_null(1)) names.push_back(row.string(1));
  }
  co_return AsOf{std::move(names), rows[0].integer(0)};
}

Task<Result<AsOf<std::size_t>>> PostgresProductRepository::import_products(TenantId tenant,
                                                                           std::vector<Product> products,
                                                                           Deadline deadline) {
  co_return co_await add(store_, std::move(tenant), std::move(products),
                         {std::string{imported_reason}, std::nullopt}, deadline, {.unhurried = true});
}

}  // namespace cloudcart::product
