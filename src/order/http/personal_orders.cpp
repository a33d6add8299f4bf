#include "order/http/personal_orders.h"

#include "order/http/order_json.h"

namespace cloudcart::order {
namespace {

constexpr std::size_t orders_of_page = 50;

std::string item(const Order& order, const std::vector<events::OrderEvent>& history) {
  JsonWriter json;
  json.begin_object().key("order");
  write_order(json, order, false);
  json.key("history").begin_array();
  for (const auto& event : history) {
    json.begin_object().field("version", event.version).field("status", to_string(event.status));
    json.field("timestamp", event.timestamp).end_object();
  }
  json.end_array().end_object();
  return std::move(json).str();
}

}  // namespace

Task<Result<privacy::PersonalDataPage>> PersonalOrders::page(TenantId tenant, UserId user, std::string after,
                                                             Deadline deadline) {
  OrderQuery query{.user_id = user, .limit = orders_of_page};
  if (!after.empty()) {
    query.before = parse_cursor(after);
    if (!query.before) co_return fail(Error::validation({{"after", "must be the next of an earlier page"}}));
  }
  CLOUDCART_CO_TRY(const auto found, co_await orders_.list(tenant, std::move(query), deadline));
  privacy::PersonalDataPage page;
  for (const auto& order : found.orders) {
    CLOUDCART_CO_TRY(const auto history, co_await orders_.events_of(tenant, order.id, deadline));
    if (!page.items.empty()) page.items += ',';
    page.items += item(order, history);
  }
  if (found.has_more) page.next = cursor_of(found.orders.back().id);
  co_return page;
}

}  // namespace cloudcart::order
