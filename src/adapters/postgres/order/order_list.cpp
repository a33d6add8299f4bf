#include "adapters/postgres/order/order_list.h"

#include <fmt/format.h>

#include "adapters/postgres/order/order_rows.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Params;
using postgres::Query;

/// A statement that grows with its parameters. What queries can ask for are few enough combinations to be prepared.
class Growing {
 public:
  /// "$n" for the value.
  template <class T>
  std::string parameter(const T& value) {
    params_.add(value);
    return fmt::format("${}", params_.size());
  }
  Query finish(std::string sql) { return {std::move(sql), std::move(params_)}; }

 private:
  Params params_;
};

/// "FROM … WHERE …", the tenant as $1.
std::string chosen(Growing& growing, const TenantId& tenant, const OrderQuery& query) {
  std::string sql = " FROM orders WHERE tenant = " + growing.parameter(tenant.value);
  if (query.user_id) sql += " AND user_id = " + growing.parameter(*query.user_id);
  if (!query.statuses.empty()) {
    std::vector<std::string> words;
    for (const auto status : query.statuses) words.emplace_back(cloudcart::to_string(status));
    sql += " AND status = ANY(" + growing.parameter(words) + ")";
  }
  if (query.created_from) sql += " AND created_at >= " + growing.parameter(*query.created_from);
  if (query.created_until) sql += " AND created_at < " + growing.parameter(*query.created_until);
  if (!query.id_part) return sql;
  const auto& [first, last, ending] = *query.id_part;
  const auto between = fmt::format("id BETWEEN {} AND {}", growing.parameter(first), growing.parameter(last));
  if (!ending) return sql + " AND " + between;
  const std::string_view bytes{reinterpret_cast<const char*>(ending->data()), ending->size()};
  // No index knows how ids end: that of the ids themselves is read through.
  return sql + fmt::format(
                   " AND id IN (SELECT id FROM orders WHERE tenant = $1 AND {} UNION"
                   " SELECT id FROM orders WHERE tenant = $1 AND substr(uuid_send(id), 13) = {})",
                   between, growing.parameter(postgres::Bytes{bytes}));
}

}  // namespace

Query select_page(const TenantId& tenant, const OrderQuery& query) {
  Growing growing;
  std::string sql = fmt::format("SELECT {}{}", order_columns, chosen(growing, tenant, query));
  const auto order_by = query.by_time() ? "created_at DESC, id DESC" : "id DESC";
  if (query.before) {
    const auto before = growing.parameter(*query.before);
    sql +=
        query.by_time()
            ? fmt::format(
                  " AND (created_at, id) < (SELECT created_at, id FROM orders WHERE tenant = $1 AND id = {})",
                  before)
            : " AND id < " + before;
  }
  sql += fmt::format(" ORDER BY {} LIMIT {} OFFSET {}", order_by, growing.parameter(query.limit + 1),
                     growing.parameter(query.before ? 0 : query.offset));
  return growing.finish(select_orders(sql, order_by));
}

Query count_orders(const TenantId& tenant, const OrderQuery& query) {
  Growing growing;
  auto sql = "SELECT count(*)" + chosen(growing, tenant, query);
  return growing.finish(std::move(sql));
}

}  // namespace cloudcart::order::tables
