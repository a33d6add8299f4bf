#include "order/http/order_json.h"

#include "core/text.h"

namespace cloudcart::order {

void write_order(JsonWriter& json, const Order& order, bool for_staff) {
  json.begin_object().field("id", order.id).key("user_id");
  order.user_id.value.is_nil() ? json.null() : json.value(order.user_id);
  json.field("kind", to_string(order.kind)).field("total_amount", order.total);
  json.field("currency", order.currency.code()).field("status", to_string(order.status));
  json.field("payment_status", to_string(order.payment_status))
      .field("shipping_address", order.shipping_address);
  json.field("created_at", order.created_at).field("updated_at", order.updated_at);
  if (for_staff) {
    json.key("allowed_transitions").begin_array();
    for (const auto next : next_statuses(order.status)) json.value(to_string(next));
    json.end_array();
  }
  std::int64_t units = 0;
  for (const auto& line : order.lines) units += line.quantity;
  json.field("item_count", units).key("items").begin_array();
  for (const auto& line : order.lines) {
    json.begin_object().field("product_id", line.product_id).field("product_name", line.product_name);
    json.field("quantity", line.quantity)
        .field("price", line.price)
        .field("subtotal", line.subtotal)
        .end_object();
  }
  json.end_array().end_object();
}

http::Response order_response(int status, const Caller& caller, const Order& order,
                              std::string_view message) {
  JsonWriter json;
  json.begin_object().key("order");
  write_order(json, order, caller.is_staff());
  json.end_object();
  return http::data_response(status, std::move(json), message);
}

http::Response order_list_response(const Caller& caller, const http::Page& page, const OrderPage& orders) {
  JsonWriter json;
  json.begin_object().key("orders").begin_array();
  for (const auto& order : orders.orders) write_order(json, order, caller.is_staff());
  json.end_array();
  std::optional<std::string> next;
  if (orders.has_more) next = cursor_of(orders.orders.back().id);
  http::write_pagination(json, page, orders.total, next);
  json.end_object();
  return http::data_response(200, std::move(json));
}

http::Response history_response(const std::vector<events::OrderEvent>& history) {
  JsonWriter json;
  json.begin_object().key("events").begin_array();
  for (const auto& event : history) {
    json.begin_object()
        .field("event_id", event.event_id)
        .field("type", event.type)
        .field("version", event.version);
    json.field("order_id", event.order_id).field("status", to_string(event.status));
    json.field("timestamp", event.timestamp).end_object();
  }
  json.end_array().end_object();
  return http::data_response(200, std::move(json));
}

std::string cursor_of(OrderId last) {
  return base64url_encode(last.as_bytes());
}

std::optional<OrderId> parse_cursor(std::string_view cursor) {
  const auto bytes = base64url_decode(cursor);
  return bytes ? OrderId::from_bytes(*bytes) : std::nullopt;
}

}  // namespace cloudcart::order
