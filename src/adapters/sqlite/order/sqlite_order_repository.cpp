#include "adapters/sqlite/order/sqlite_order_repository.h"

#include "adapters/sqlite/order/closed_rows.h"
#include "adapters/sqlite/order/key_rows.h"
#include "adapters/sqlite/order/order_rows.h"

namespace cloudcart::order {
namespace {

using sqlite::Connection;
using sqlite::Statement;

/// The rows of a query. The statements are few enough to stay in each connection's cache. Refers to what it was made of, and
/// must live until the statement has run.
class Condition {
 public:
  Condition(const TenantId& tenant, const OrderQuery& query) : tenant_(tenant), query_(query) {}

  /// "FROM … WHERE …". Days alone are read off their index; beside a customer or an id these narrow more.
  std::string sql() const {
    std::string sql = " FROM orders";
    if (query_.by_time() && !query_.user_id && !query_.id_part) sql += " INDEXED BY orders_by_time";
    sql += " WHERE tenant = ?";
    if (query_.user_id) sql += " AND user_id = ?";
    if (!query_.statuses.empty()) {
      sql += " AND status IN (?";
      for (std::size_t i = 1; i < query_.statuses.size(); ++i) sql += ", ?";
      sql += ")";
    }
    if (query_.created_from) sql += " AND created_at >= ?";
    if (query_.created_until) sql += " AND created_at < ?";
    if (!query_.id_part) return sql;
    if (!query_.id_part->ending) return sql + " AND id BETWEEN ? AND ?";
    // No index knows how ids end: that of statuses is read through, the smallest that holds them all.
    return sql +
           " AND id IN (SELECT id FROM orders WHERE tenant = ? AND id BETWEEN ? AND ? UNION SELECT id FROM "
           "orders "
           "INDEXED BY orders_by_status WHERE tenant = ? AND substr(id, 13) = ?)";
  }

  void bind(Statement& statement) const {
    statement.bind(tenant_.value);
    if (query_.user_id) statement.bind(*query_.user_id);
    for (const auto status : query_.statuses) statement.bind(to_string(status));
    if (query_.created_from) statement.bind(*query_.created_from);
    if (query_.created_until) statement.bind(*query_.created_until);
    if (!query_.id_part) return;
    const auto& [first, last, ending] = *query_.id_part;
    if (ending) statement.bind(tenant_.value);
    statement.bind_all(first, last);
    if (!ending) return;
    statement.bind(tenant_.value);
    statement.bind_blob({reinterpret_cast<const char*>(ending->data()), ending->size()});
  }

 private:
  const TenantId& tenant_;
  const OrderQuery& query_;
};

std::int64_t count(Connection& connection, const Condition& condition) {
  auto row = connection.prepare("SELECT count(*)" + condition.sql());
  condition.bind(row);
  row.step();
  return row.integer(0);
}

/// One more than the limit, to see whether there is more.
std::vector<Order> read_page(Connection& connection, const TenantId& tenant, const OrderQuery& query,
                             const Condition& condition) {
  std::string sql = "SELECT ";
  sql.append(order_columns).append(condition.sql());
  if (query.before)
    sql += query.by_time()
               ? " AND (created_at, id) < (SELECT created_at, id FROM orders WHERE tenant = ? AND id = ?)"
               : " AND id < ?";
  sql += query.by_time() ? " ORDER BY created_at DESC, id DESC" : " ORDER BY id DESC";
  auto row = connection.prepare(sql + " LIMIT ? OFFSET ?");
  condition.bind(row);
  if (query.before && query.by_time()) row.bind(tenant.value);
  if (query.before) row.bind(*query.before);
  row.bind_all(static_cast<std::int64_t>(query.limit) + 1,
               query.before ? 0 : static_cast<std::int64_t>(query.offset));
  std::vector<Order> orders;
  while (row.step()) orders.push_back(read_order(row, tenant));
  return orders;
}

std::optional<OrderStatus> read_status(Connection& connection, const TenantId& tenant,
                                       const OrderId& order_id) {
  auto row = connection.prepare("SELECT status FROM orders WHERE tenant = ? AND id = ?");
  row.bind_all(tenant.value, order_id);
  if (!row.step()) return std::nullopt;
  return parse_order_status(row.text(0)).value();
}

/// What the store knows of a key.
struct StoredKey {
  std::optional<rows::KeyRow> row;
  bool is_closed = false;  ///< the order that an attempt under way is bound to
};

std::unexpected<Error> taken_over() {
  return fail(ErrorCode::idempotency_in_progress, "Another request with this idempotency key took over.");
}

}  // namespace

SqliteOrderRepository::SqliteOrderRepository(sqlite::Store& store, OutboxTail& tail)
    : store_(store), tail_(tail) {
  // Where nothing is written no key is claimed.
  if (!store_.writable()) return;
  store_.read_at_start("the idempotency keys", [this](Connection& connection) -> Status {
    rows::for_each_key(connection, [this](const KeyScope& scope, Timestamp stored_at) {
      stored_keys_.add(scope, stored_at);
    });
    return {};
  });
}

Task<Result<BoundKey>> SqliteOrderRepository::claim_key(ClaimRequest request, Deadline deadline) {
  // First the table, then what is stored: an attempt leaves the table after its order is stored, so that it is seen
  // in one of them.
  CLOUDCART_CO_TRY(const auto taken, claims_.take(request));
  const bool is_new = taken.is_callers && taken.order_id == request.proposed_order;
  if (is_new && !stored_keys_.may_hold(request.key.scope)) co_return BoundKey{taken.order_id, false};
  auto known = co_await store_.read(deadline, [&](Connection& connection) -> Result<StoredKey> {
    StoredKey stored{.row = rows::find_key(connection, request.key.scope, request.now)};
    if (!stored.row && taken.order_id != request.proposed_order)
      stored.is_closed = rows::is_closed(connection, request.key.scope.tenant, taken.order_id);
    return stored;
  });
  if (!known) {
    if (taken.is_callers) claims_.let_go(request.key);
    co_return std::unexpected(std::move(known).error());
  }
  if (known->row) {
    if (taken.is_callers) claims_.drop(request.key);
    if (known->row->fingerprint != request.fingerprint) co_return fail(key_conflict());
    co_return BoundKey{known->row->order_id, true};
  }
  if (known->is_closed && claims_.rebind(request, taken.order_id))
    co_return BoundKey{request.proposed_order, false};
  if (!taken.is_callers)
    co_return fail(ErrorCode::idempotency_in_progress,
                   "The first request with this idempotency key still runs.");
  co_return BoundKey{taken.order_id, false};
}

Task<Result<bool>> SqliteOrderRepository::drop_claim(HeldKey key, Deadline) {
  co_return claims_.drop(key);
}

template <class Job>
Task<Status> SqliteOrderRepository::write_and_tell(events::OrderEvent event, Deadline deadline, Job job) {
  const auto told = std::make_shared<const events::OrderEvent>(std::move(event));
  const auto position = co_await store_.write(
      deadline,
      [told, job = std::move(job)](Connection& connection) -> Result<std::int64_t> {
        CLOUDCART_CHECK(job(connection));
        return rows::append(connection, *told);
      },
      [this, told](std::int64_t committed) { tail_.publish(committed, told); });
  if (!position) co_return std::unexpected(position.error());
  co_return Status{};
}

Task<Status> SqliteOrderRepository::create(NewOrder order, Deadline deadline) {
  std::optional<ClaimRequest> claim;
  if (order.key) {
    claim = claims_.held(*order.key);
    if (!claim) co_return taken_over();
    stored_keys_.add(order.key->scope, claim->now);
  }
  auto created = co_await write_and_tell(
      std::move(order.event), deadline,
      [order = std::move(order.order), claim = std::move(claim)](Connection& connection) -> Status {
        if (rows::is_closed(connection, order.tenant, order.id)) return fail(closed_already());
        if (claim && !rows::insert_key(connection, *claim)) return taken_over();
        if (!rows::insert(connection, order))
          return fail(ErrorCode::conflict, "There is an order of this id.");
        return {};
      });
  if (created && order.key) claims_.drop(*order.key);
  co_return created;
}

Task<Result<OrderStatuses>> SqliteOrderRepository::close_missing(TenantId tenant, std::vector<OrderId> ids,
                                                                 Timestamp now, Deadline deadline) {
  co_return co_await store_.write(deadline,
                                  [tenant = std::move(tenant), ids = std::move(ids),
                                   now](Connection& connection) -> Result<OrderStatuses> {
                                    rows::purge_closed(connection, now);
                                    OrderStatuses statuses;
                                    for (const auto& id : ids) {
                                      statuses.push_back(read_status(connection, tenant, id));
                                      if (!statuses.back()) rows::close(connection, tenant, id, now);
                                    }
                                    return statuses;
                                  });
}

Task<Status> SqliteOrderRepository::save_transition(Order order, std::int64_t expected_version,
                                                    events::OrderEvent event, Deadline deadline) {
  co_return co_await write_and_tell(
      std::move(event), deadline,
      [order = std::move(order), expected_version](Connection& connection) -> Status {
        connection
            .prepare(
                "UPDATE orders SET status = ?, payment_status = ?, updated_at = ?, cancelled_at = ?, version "
                "= ? WHERE tenant = ? AND id = ? AND version = ?")
            .bind_all(to_string(order.status), to_string(order.payment_status), order.updated_at,
                      order.cancelled_at, order.version, order.tenant.value, order.id, expected_version)
            .run();
        if (connection.changes() == 0)
          return fail(ErrorCode::conflict, "The order was changed by someone else.");
        return {};
      });
}

Task<Result<std::optional<Order>>> SqliteOrderRepository::find(TenantId tenant, OrderId order_id,
                                                               Deadline deadline) {
  co_return co_await store_.read(
      deadline,
      [tenant = std::move(tenant), order_id](Connection& connection) -> Result<std::optional<Order>> {
        return rows::read_one(connection, tenant, order_id);
      });
}

Task<Result<OrderPage>> SqliteOrderRepository::list(TenantId tenant, OrderQuery query, Deadline deadline) {
  co_return co_await store_.read(
      deadline,
      [tenant = std::move(tenant), query = std::move(query)](Connection& connection) -> Result<OrderPage> {
        const Condition condition(tenant, query);
        OrderPage page{.orders = read_page(connection, tenant, query, condition),
                       .total = count(connection, condition)};
        page.has_more = page.orders.size() > query.limit;
        if (page.has_more) page.orders.pop_back();
        for (auto& order : page.orders) order.lines = rows::read_lines(connection, tenant, order.id);
        return page;
      });
}

Task<Result<std::vector<events::OrderEvent>>> SqliteOrderRepository::events_of(TenantId tenant,
                                                                               OrderId order_id,
                                                                               Deadline deadline) {
  using History = std::vector<events::OrderEvent>;
  co_return co_await store_.read(
      deadline, [tenant = std::move(tenant), order_id](Connection& connection) -> Result<History> {
        return rows::read_history(connection, tenant, order_id);
      });
}

}  // namespace cloudcart::order
