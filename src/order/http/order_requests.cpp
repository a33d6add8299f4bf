#include "order/http/order_requests.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
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

ListRequest read_paging(http::QueryReader& query) {
  ListRequest list{.page = http::read_page(query)};
  list.query.limit = static_cast<std::size_t>(list.page.limit);
  if (list.page.cursor) {
    list.query.before = parse_cursor(*list.page.cursor);
    if (!list.query.before) query.add_error("cursor", "must be the next_cursor of a list of orders");
  } else {
    list.query.offset = static_cast<std::size_t>(list.page.offset());
  }
  return list;
}

std::vector<OrderStatus> read_statuses(http::QueryReader& query) {
  std::vector<OrderStatus> statuses;
  const auto text = query.text("status", {.max = 100});
  if (!text) return statuses;
  for (const auto word : split(*text, ',')) {
    const auto status = parse_order_status(word);
    if (!status) {
      query.add_error("status", fmt::format("{}; several with commas between them", status_words));
      return {};
    }
    if (std::ranges::find(statuses, *status) == statuses.end()) statuses.push_back(*status);
  }
  return statuses;
}

/// Both days are included; either may be missing.
void read_days(http::QueryReader& query, const TimeZone& zone, OrderQuery& wanted) {
  const auto from = query.date("from"), to = query.date("to");
  if (from && to && *from > *to) query.add_error("from", "must not be after to");
  if (from) wanted.created_from = zone.start_of(*from);
  if (to) wanted.created_until = zone.start_of(add_days(*to, 1));
}

constexpr std::size_t fewest_digits = 8;
constexpr std::size_t id_digits = 32;
constexpr std::string_view search_words =
    "must be an order's id, or at least eight hexadecimal digits of its beginning, or its last eight";

/// Dashes are passed over wherever they are.
std::optional<IdPart> parse_id_part(std::string_view text) {
  IdPart part;
  part.last.value.bytes.fill(0xFF);
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int digit = hex_value(c);
    if (digit < 0 || digits == id_digits) return std::nullopt;
    const bool high = digits % 2 == 0;
    auto& first = part.first.value.bytes[digits / 2];
    auto& last = part.last.value.bytes[digits / 2];
    first = static_cast<std::uint8_t>(high ? digit << 4 : first | digit);
    last = static_cast<std::uint8_t>(high ? (digit << 4) | 0xF : (last & 0xF0) | digit);
    ++digits;
  }
  if (digits < fewest_digits) return std::nullopt;
  if (digits == fewest_digits) {
    part.ending.emplace();
    std::ranges::copy(std::span(part.first.value.bytes).first<4>(), part.ending->begin());
  }
  return part;
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

Result<ListRequest> read_page_of_orders(const http::Request& request) {
  http::QueryReader query(request);
  auto list = read_paging(query);
  CLOUDCART_CHECK(query.finish());
  return list;
}

Result<ListRequest> read_list(const http::Request& request, const TimeZone& zone) {
  http::QueryReader query(request);
  auto list = read_paging(query);
  if (query.has("user_id")) {
    const auto ids = query.ids<UserId>("user_id", 1);
    if (!ids.empty()) list.query.user_id = ids.front();
  }
  list.query.statuses = read_statuses(query);
  read_days(query, query.time_zone("tz").value_or(zone), list.query);
  if (const auto text = query.text("search", {.max = 64})) {
    list.query.id_part = parse_id_part(*text);
    if (!list.query.id_part) query.add_error("search", std::string{search_words});
  }
  CLOUDCART_CHECK(query.finish());
  return list;
}

}  // namespace cloudcart::order
