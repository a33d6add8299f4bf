#pragma once

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
/// page, limit and cursor of a list of orders; with `by_status` also status.
Result<ListRequest> read_list(const http::Request& request, bool by_status);

}  // namespace cloudcart::order
