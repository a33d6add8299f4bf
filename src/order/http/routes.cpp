#include "order/http/routes.h"

#include <fmt/format.h>

#include "order/http/internal_events.h"
#include "order/http/internal_orders.h"
#include "order/http/order_json.h"
#include "order/http/order_requests.h"

namespace cloudcart::order {
namespace {

using http::Access;
using http::Method;
using http::Priority;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

Answer place(OrderApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto wanted, read_place_order(request));
  CLOUDCART_CO_TRY(const auto order, co_await app.place_order(request.caller, std::move(wanted)));
  request.audit_target = order.id.to_string();
  co_return order_response(201, request.caller, order, "Order placed");
}

Answer list(OrderApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto wanted, read_list(request, app.time_zone));
  CLOUDCART_CO_TRY(const auto orders, co_await app.list_orders(request.caller, wanted.query));
  co_return order_list_response(request.caller, wanted.page, orders);
}

Answer list_of_user(OrderApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto user_id, request.id_parameter<UserId>("userId"));
  CLOUDCART_CO_TRY(const auto wanted, read_page_of_orders(request));
  CLOUDCART_CO_TRY(const auto orders, co_await app.list_user_orders(request.caller, user_id, wanted.query));
  co_return order_list_response(request.caller, wanted.page, orders);
}

Answer get(OrderApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<OrderId>("id"));
  CLOUDCART_CO_TRY(const auto order, co_await app.get_order(request.caller, id));
  co_return order_response(200, request.caller, order);
}

Answer change_status(OrderApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<OrderId>("id"));
  CLOUDCART_CO_TRY(const auto status, read_status(request));
  CLOUDCART_CO_TRY(const auto order, co_await app.change_status(request.caller, id, status));
  co_return order_response(200, request.caller, order, fmt::format("Order {}", to_string(status)));
}

Answer cancel(OrderApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<OrderId>("id"));
  CLOUDCART_CO_TRY(const auto order, co_await app.cancel_order(request.caller, id));
  co_return order_response(200, request.caller, order, "Order cancelled");
}

Answer history(OrderApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<OrderId>("id"));
  CLOUDCART_CO_TRY(const auto events, co_await app.order_history(request.caller, id));
  co_return history_response(events);
}

}  // namespace

std::vector<http::Route> order_routes(OrderApp& app, events::EventLog& log) {
  const auto with_app = [&app](Answer (*handler)(OrderApp&, Request&)) {
    return [&app, handler](Request& request) { return handler(app, request); };
  };
  return {
      {Method::post, "/api/orders", Access::signed_in, with_app(place),
       http::Audit{"order.place", {"user_id"}}, Priority::checkout},
      {Method::get, "/api/orders", Access::staff, with_app(list)},
      {Method::get, "/api/orders/user/{userId}", Access::owner_or_staff, with_app(list_of_user)},
      {Method::get, "/api/orders/{id}", Access::owner_or_staff, with_app(get)},
      {Method::put, "/api/orders/{id}/status", Access::staff, with_app(change_status),
       http::Audit{"order.change_status", {"status"}}, Priority::checkout},
      {Method::post, "/api/orders/{id}/cancel", Access::owner_or_staff, with_app(cancel),
       http::Audit{"order.cancel"}, Priority::checkout},
      {Method::get, "/api/orders/{id}/events", Access::owner_or_staff, with_app(history)},
      {Method::get, "/internal/events", Access::service,
       [&log](Request& request) { return answer_internal_events(log, request); }, Priority::checkout},
      {Method::get, "/internal/events/count", Access::service,
       [&log](Request& request) { return answer_internal_event_count(log, request); }, Priority::checkout},
      {Method::post, "/internal/orders/settle", Access::service,
       [&app](Request& request) { return answer_internal_settle(app.close_missing_orders, request); },
       Priority::checkout},
  };
}

}  // namespace cloudcart::order
