#include "order/http/order_requests.h"

#include <fmt/format.h>

#include "http/idempotency.h"
#include "order/http/order_json.h"

namespace cloudcart::order {
namespace {

constexpr std::string_view status_words =
    "must be one of pending, confirmed, processing, shipped, delivered, cancelled";

std::vector<LineRequest> read_lines(FieldReader& fields) {
  std::vector<LineRequest> lines;
  const auto* items = fields.array("items", 1, max_lines);
  if (!items) return lines;
  std::vector<FieldError> errors;
  for (const auto& item : *items) {
    FieldReader line(item, fmt::format("items[{}].", lines.size()), errors);
    const auto product_id = line.id<ProductId>("product_id");
    lines.push_back({product_id, line.integer("quantity", 1, max_quantity)});
  }
  for (auto& error : errors) fields.add_error(error.field, std::move(error.message));
  return lines;
}

}  // namespace

Result<PlaceOrderRequest> read_place_order(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  PlaceOrderRequest order;
  order.user_id = fields.id<UserId>("user_id");
  order.lines = read_lines(fields);
  order.shipping_address = fields.text(
      "shipping_address", {.min = min_address_length, .max = max_address_length, .multiline = true});
  order.key = http::read_idempotency_key(request, fields);
  CLOUDCART_CHECK(fields.finish());
  return order;
}

Result<OrderStatus> read_status(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  const auto word = fields.text("status", {});
  const auto status = parse_order_status(word);
  if (!status && fields.ok()) fields.add_error("status", std::string{status_words});
  CLOUDCART_CHECK(fields.finish());
  return *status;
}

Result<ListRequest> read_list(const http::Request& request, bool by_status) {
  http::QueryReader query(request);
  ListRequest list{.page = http::read_page(query)};
  list.query.limit = static_cast<std::size_t>(list.page.limit);
  if (list.page.cursor) {
    list.query.before = parse_cursor(*list.page.cursor);
    if (!list.query.before) query.add_error("cursor", "must be the next_cursor of a list of orders");
  } else {
    list.query.offset = static_cast<std::size_t>(list.page.offset());
  }
  if (by_status) {
    const auto word =
        query.word("status", {"pending", "confirmed", "processing", "shipped", "delivered", "cancelled"});
    if (word) list.query.status = parse_order_status(*word);
  }
  CLOUDCART_CHECK(query.finish());
  return list;
}

}  // namespace cloudcart::order
