#pragma once

#include "core/json_writer.h"
#include "http/query_reader.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order {

/// The order of the contract, with its items.
/// `for_staff` also says which statuses may follow.
void write_order(JsonWriter& json, const Order& order, bool for_staff);
/// {"success":true,"message"?,"data":{"order":…}}
http::Response order_response(int status, const Caller& caller, const Order& order,
                              std::string_view message = {});
http::Response order_list_response(const Caller& caller, const http::Page& page, const OrderPage& orders);
http::Response history_response(const std::vector<events::OrderEvent>& history);

/// A cursor names the last order that was read.
std::string cursor_of(OrderId last);
std::optional<OrderId> parse_cursor(std::string_view cursor);

}  // namespace cloudcart::order
