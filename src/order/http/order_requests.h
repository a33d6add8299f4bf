#pragma once

#include "core/time_zone.h"
#include "http/query_reader.h"
#include "order/app/place_order.h"

namespace cloudcart::order {

/// The body and the Idempotency-Key header of POST /api/orders. Errors: unsupported_media_type,
/// malformed_request, and validation_failed with every violation of both.
Result<PlaceOrderRequest> read_place_order(const http::Request& request);

/// The body of PUT /api/orders/{id}/status.
Result<OrderStatus> read_status(const http::Request& request);

struct ListRequest {
  http::Page page;
  OrderQuery query;
};
/// page, limit and cursor of a list of orders.
Result<ListRequest> read_page_of_orders(const http::Request& request);
/// The same with everything that a list can be narrowed to. Days are those of the parameter `tz`, else of `zone`.
Result<ListRequest> read_list(const http::Request& request, const TimeZone& zone);

}  // namespace cloudcart::order
