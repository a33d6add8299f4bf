#include "adapters/sqlite/product/sqlite_product_repository.h"

#include "adapters/sqlite/product/change_counter.h"
#include "adapters/sqlite/product/product_rows.h"
#include "adapters/sqlite/product/stock_rows.h"

namespace cloudcart::product {
namespace {

using sqlite::Connection;

/// A product as a write left it.
struct Written {
  StoredProduct stored;
  ChangeNumber as_of = 0;
  bool is_changed = true;
};

Result<AsOf<Product>> answer_of(Result<Written> written) {
  if (!written) return std::unexpected(std::move(written).error());
  return AsOf{std::move(written->stored.product), written->as_of};
}

/// Nullopt when a product with this id is there already. Throws Failure when the sku is taken.
std::optional<std::int64_t> insert_with_stock(Connection& connection, const TenantId& tenant,
                                              const Product& product, const StockNote& note) {
  const auto number = insert_product(connection, tenant, product);
  if (number) add_stock(connection, *number, product.inventory_count, note, product.created_at);
  return number;
}

void store_change(Connection& connection, const StoredProduct& before, const Product& after,
                  const StockNote& note) {
  update_product(connection, before.number, after);
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
  const auto insert = [=](Connection& connection) {
    return naming_taken_sku([&]() -> Result<Written> {
      const auto number = insert_with_stock(connection, tenant, product, note);
      if (!number) return fail(ErrorCode::conflict, "A product with this id is there already.");
      return Written{{*number, product}, count_change(connection)};
    });
  };
  co_return answer_of(co_await store_.write(deadline, insert, [this, tenant](const Written& done) {
    index_.put(tenant, done.stored.number, done.stored.product, done.as_of);
  }));
}

Task<Result<AsOf<Product>>> SqliteProductRepository::update(TenantId tenant, ProductId id,
                                                            ProductChange change, StockNote note,
                                                            Timestamp now, Deadline deadline) {
  const auto edit = [=](Connection& connection) {
    return naming_taken_sku([&]() -> Result<Written> {
      const auto before = find_product(connection, tenant, id);
      if (!before) return fail(Error::not_found("Product"));
      auto product = before->product;
      if (!apply(change, now, product)) return Written{*before, newest_change(connection), false};
      store_change(connection, *before, product, note);
      return Written{{before->number, std::move(product)}, count_change(connection)};
    });
  };
  co_return answer_of(co_await store_.write(deadline, edit, [this, tenant](const Written& done) {
    if (done.is_changed) index_.put(tenant, done.stored.number, done.stored.product, done.as_of);
  }));
}

Task<Result<AsOf<std::vector<Product>>>> SqliteProductRepository::find(TenantId tenant,
                                                                       std::vector<ProductId> ids,
                                                                       Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<AsOf<std::vector<Product>>> {
    std::vector<Product> products;
    for (const auto& id : ids) {
      if (auto found = find_product(connection, tenant, id)) products.push_back(std::move(found->product));
    }
    return AsOf{std::move(products), newest_change(connection)};
  });
}

Task<Result<AsOf<ProductPage>>> SqliteProductRepository::list(TenantId tenant, ProductQuery query,
                                                              Deadline deadline) {
  co_return co_await store_.read(deadline,
                                 [this, tenant = std::move(tenant), query = std::move(query)](
                                     Connection& connection) -> Result<AsOf<ProductPage>> {
                                   const auto [listed, as_of] = index_.list(connection, tenant, query);
                                   ProductPage page{.total = listed.total, .has_more = listed.has_more};
                                   for (const auto number : listed.numbers) {
                                     auto product = product_of(connection, number);
                                     // Taken out of the catalogue since the index was asked.
                                     if (product.is_active) page.products.push_back(std::move(product));
                                   }
                                   return AsOf{std::move(page), as_of};
                                 });
}

Task<Result<AsOf<std::vector<std::string>>>> SqliteProductRepository::categories(TenantId tenant,
                                                                                 Deadline deadline) {
  co_return co_await store_.read(
      deadline,
      [this, tenant = std::move(tenant)](Connection& connection) -> Result<AsOf<std::vector<std::string>>> {
        return index_.categories(connection, tenant);
      });
}

Task<Result<AsOf<std::size_t>>> SqliteProductRepository::import_products(TenantId tenant,
                                                                         std::vector<Product> products,
                                                                         Deadline deadline) {
  using Added = std::vector<std::pair<std::int64_t, const Product*>>;
  const auto shared = std::make_shared<const std::vector<Product>>(std::move(products));
  const auto insert_all = [tenant, shared](Connection& connection) {
    return naming_taken_sku([&]() -> Result<AsOf<Added>> {
      const StockNote note{std::string{imported_reason}, std::nullopt};
      Added added;
      for (const auto& product : *shared)
        if (const auto number = insert_with_stock(connection, tenant, product, note))
          added.emplace_back(*number, &product);
      const auto as_of = added.empty() ? newest_change(connection) : count_change(connection);
      return AsOf{std::move(added), as_of};
    });
  };
  const auto done = co_await store_.write(deadline, insert_all, [this, tenant](const AsOf<Added>& imported) {
    if (!imported.value.empty()) index_.add(tenant, imported.value, imported.as_of);
  });
  if (!done) co_return std::unexpected(done.error());
  co_return AsOf{done->value.size(), done->as_of};
}

}  // namespace cloudcart::product
