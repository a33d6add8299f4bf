#include "adapters/clickhouse/analytics/relations.h"

#include <fmt/format.h>

#include "adapters/clickhouse/analytics/time_sql.h"
#include "adapters/clickhouse/store/sql.h"

namespace cloudcart::analytics {
namespace {

/// Beyond, all names of the shop are read: a statement that names them would be larger than their answer.
constexpr std::size_t most_named = 5'000;

std::string is_somebody() {
  return "customer != " + clickhouse::literal(Uuid{}.as_bytes());
}

Task<Result<std::int64_t>> ask_count(clickhouse::Store& store, std::string sql, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store.ask(std::move(sql), deadline));
  co_return rows.size() == 0 ? 0 : rows.row(0).integer(0);
}

}  // namespace

Task<Result<std::map<ProductId, std::string>>> ask_names(clickhouse::Store& store,
                                                         std::set<ProductId> products,
                                                         std::uint64_t generation, TenantId tenant,
                                                         Deadline deadline) {
  std::map<ProductId, std::string> names;
  if (products.empty()) co_return names;
  auto where = shop_rows(generation, tenant);
  if (products.size() <= most_named)
    where += fmt::format(" AND product IN ({})",
                         clickhouse::literals(std::vector(products.begin(), products.end())));
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store.ask(fmt::format("SELECT hex(product), name FROM product_name WHERE {}"
                                     " ORDER BY product, named_at DESC, name DESC LIMIT 1 BY product",
                                     where),
                         deadline));
  for (std::size_t i = 0; i < rows.size(); ++i)
    names.emplace(rows.row(i).id<ProductId>(0), rows.row(i).text(1));
  co_return names;
}

Task<Result<std::optional<Companions>>> ask_companions(clickhouse::Store& store, ProductId product,
                                                       TimeRange range, std::size_t limit, Snapshot snapshot,
                                                       TenantId tenant, Deadline deadline) {
  const auto placed = seen_rows(snapshot, tenant) + " AND kind = 0";
  const auto in_range = placed + " AND " + in_moments({range});
  const auto itself = "product = " + clickhouse::literal(product.as_bytes());
  CLOUDCART_CO_TRY(const auto ever,
                   co_await store.ask(
                       fmt::format("SELECT 1 FROM line WHERE {} AND {} LIMIT 1", placed, itself), deadline));
  if (ever.size() == 0) co_return std::nullopt;
  Companions companions;
  CLOUDCART_CO_TRY(companions.all_orders,
                   co_await ask_count(store, "SELECT count() FROM flow FINAL WHERE " + in_range, deadline));
  const auto holders = fmt::format("FROM line WHERE {} AND {}", in_range, itself);
  CLOUDCART_CO_TRY(companions.orders,
                   co_await ask_count(store, "SELECT uniqExact(order_id) " + holders, deadline));
  const auto sql = fmt::format(
      "SELECT hex(product), toInt64(sumIf(product_first, order_id IN (SELECT order_id {}))) AS together,"
      " toInt64(sum(product_first)) FROM line FINAL WHERE {} AND NOT {} GROUP BY product HAVING together > 0"
      " ORDER BY together DESC, product LIMIT {}",
      holders, in_range, itself, limit);
  CLOUDCART_CO_TRY(const auto rows, co_await store.ask(sql, deadline));
  std::set<ProductId> products{product};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    companions.others.push_back({row.id<ProductId>(0), {}, row.integer(1), row.integer(2)});
    products.insert(companions.others.back().product);
  }
  CLOUDCART_CO_TRY(auto names, co_await ask_names(store, products, snapshot.generation, tenant, deadline));
  companions.name = names[product];
  for (auto& other : companions.others) other.name = names[other.product];
  co_return companions;
}

Task<Result<std::vector<Cohort>>> ask_cohorts(clickhouse::Store& store, TimeAxis months, Snapshot snapshot,
                                              TenantId tenant, Deadline deadline) {
  const auto seen = seen_rows(snapshot, tenant);
  const auto in_months = in_moments({months.range()});
  const auto month = group_of_time(months);
  const auto sql = fmt::format(
      "SELECT joined, month, count(), sum(orders), sum(gross) FROM (SELECT customer, {0} AS month, count() "
      "AS orders,"
      " sum(amount) AS gross FROM flow FINAL WHERE {1} AND kind = 0 AND {2} AND {3} GROUP BY customer, "
      "month) AS sales"
      " ALL INNER JOIN (SELECT customer, {0} AS joined FROM (SELECT customer, min(at) AS at FROM first_order"
      " WHERE {1} GROUP BY customer) WHERE {2}) AS firsts USING customer GROUP BY joined, month",
      month, seen, in_months, is_somebody());
  CLOUDCART_CO_TRY(const auto rows, co_await store.ask(sql, deadline));
  auto cohorts = empty_cohorts(months);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    auto& cohort = cohorts.at(static_cast<std::size_t>(row.integer(0)));
    const auto later = static_cast<std::size_t>(row.integer(1) - row.integer(0));
    cohort.active.at(later) = row.integer(2);
    cohort.orders.at(later) = row.integer(3);
    cohort.gross.at(later) = Money{row.integer(4)};
  }
  for (auto& cohort : cohorts) cohort.customers = cohort.active[0];
  co_return cohorts;
}

Task<Result<std::vector<CustomerProfile>>> ask_customers(clickhouse::Store& store, Snapshot snapshot,
                                                         TenantId tenant, Deadline deadline) {
  const auto sql = fmt::format(
      "SELECT hex(customer), toInt64(countIf(kind = 0)) AS orders, sumIf(amount, kind = 0) - sumIf(amount, "
      "kind = 1),"
      " minIf(at, kind = 0), maxIf(at, kind = 0) FROM flow FINAL WHERE {} AND kind IN (0, 1) AND {}"
      " GROUP BY customer HAVING orders > 0",
      seen_rows(snapshot, tenant), is_somebody());
  CLOUDCART_CO_TRY(const auto rows, co_await store.ask(sql, deadline));
  std::vector<CustomerProfile> profiles;
  profiles.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = rows.row(i);
    profiles.push_back({row.id<UserId>(0), row.integer(1), Money{row.integer(2)},
                        from_unix_ms(row.integer(3)), from_unix_ms(row.integer(4))});
  }
  co_return profiles;
}

}  // namespace cloudcart::analytics
