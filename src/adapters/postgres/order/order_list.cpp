#include "adapters/postgres/order/order_list.h"

#include <fmt/format.h>

#include "adapters/postgres/order/order_rows.h"

namespace cloudcart::order::tables {
namespace {

using postgres::Params;
using postgres::Query;

/// "FROM … WHERE …", the tenant as $1. What queries can ask for are few enough combinations to be prepared.
std::string chosen(Params& params, const TenantId& tenant, const OrderQuery& query) {
  std::string sql = " FROM orders WHERE tenant = " + params.place(tenant.value);
  if (query.user_id) sql += " AND user_id = " + params.place(*query.user_id);
  if (!query.statuses.empty()) {
    std::vector<std::string> words;
    for (const auto status : query.statuses) words.emplace_back(cloudcart::to_string(status));
    sql += " AND status = ANY(" + params.place(words) + ")";
  }
  if (query.created_from) sql += " AND created_at >= " + params.place(*query.created_from);
  if (query.created_until) sql += " AND created_at < " + params.place(*query.created_until);
  if (!query.id_part) return sql;
  const auto& [first, last, ending] = *query.id_part;
  const auto between = fmt::format("id BETWEEN {} AND {}", params.place(first), params.place(last));
  if (!ending) return sql + " AND " + between;
  const std::string_view bytes{reinterpret_cast<const char*>(ending->data()), ending->size()};
  // No index knows how ids end: that of the ids themselves is read through.
  return sql + fmt::format(
                   " AND id IN (SELECT id FROM orders WHERE tenant = $1 AND {} UNION"
                   " SELECT id FROM orders WHERE tenant = $1 AND substr(uuid_send(id), 13) = {})",
                   between, params.place(postgres::Bytes{bytes}));
}

}  // namespace

Query select_page(const TenantId& tenant, const OrderQuery& query) {
  Params params;
  std::string sql = fmt::format("SELECT {}{}", order_columns, chosen(params, tenant, query));
  const auto order_by = query.by_time() ? "created_at DESC, id DESC" : "id DESC";
  if (query.before) {
    const auto before = params.place(*query.before);
    sql +=
        query.by_time()
            ? fmt::format(
                  " AND (created_at, id) < (SELECT created_at, id FROM orders WHERE tenant = $1 AND id = {})",
                  before)
            : " AND id < " + before;
  }
  sql += fmt::format(" ORDER BY {} LIMIT {} OFFSET {}", order_by, params.place(query.limit + 1),
                     params.place(query.before ? 0 : query.offset));
  return {select_orders(sql, order_by), std::move(params)};
}

Query count_orders(const TenantId& tenant, const OrderQuery& query) {
  Params params;
  auto sql = "SELECT count(*)" + chosen(params, tenant, query);
  return {std::move(sql), std::move(params)};
}

}  // namespace cloudcart::order::tables
