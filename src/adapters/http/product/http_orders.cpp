#include "adapters/http/product/http_orders.h"

#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart::product {
namespace {

using Statuses = std::vector<std::optional<OrderStatus>>;

std::string settle_json(const TenantId& tenant, const std::vector<OrderId>& ids) {
  JsonWriter json;
  json.begin_object().field("tenant", tenant.value).key("ids").begin_array();
  for (const auto& id : ids) json.value(id);
  json.end_array().end_object();
  return std::move(json).str();
}

/// Stock is given back by this answer, so a status must be there, null or a word, and be that of the order.
bool read_status(const boost::json::value& entry, OrderId id, std::optional<OrderStatus>& status) {
  std::vector<FieldError> errors;
  FieldReader fields(entry, "orders.", errors);
  if (fields.id<OrderId>("id") != id || !fields.ok()) return false;
  const auto* value = entry.as_object().if_contains("status");
  if (!value) return false;
  if (value->is_null()) return true;
  if (!value->is_string()) return false;
  status = parse_order_status(std::string_view{value->get_string()});
  return status.has_value();
}

Result<Statuses> read_statuses(const boost::json::value& data, const std::vector<OrderId>& ids) {
  const auto not_understood = fail(ErrorCode::unavailable, "The order service's answer is not understood.");
  FieldReader fields(data);
  const auto* entries = fields.array("orders", ids.size(), ids.size());
  if (!entries) return not_understood;
  Statuses statuses(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (!read_status((*entries)[i], ids[i], statuses[i])) return not_understood;
  return statuses;
}

}  // namespace

Task<Result<Statuses>> HttpOrders::settle(TenantId tenant, std::vector<OrderId> ids, Deadline deadline) {
  auto json = settle_json(tenant, ids);
  const auto data =
      co_await service_.post(std::move(tenant), "/internal/orders/settle", std::move(json), deadline);
  if (!data) co_return fail(http::ServiceCaller::for_caller(data.error(), {}));
  co_return read_statuses(*data, ids);
}

}  // namespace cloudcart::product
