#pragma once

#include "http/service_caller.h"
#include "product/ports/orders.h"

namespace cloudcart::product {

/// The order service in another process: POST /internal/orders/settle {tenant,ids} →
/// {orders:[{id,status}]}.
class HttpOrders final : public Orders {
 public:
  HttpOrders(http::Client& order_service, http::ServiceToken token)
      : service_(order_service, std::move(token)) {}

  Task<Result<std::vector<std::optional<OrderStatus>>>> settle(TenantId tenant, std::vector<OrderId> ids,
                                                               Deadline deadline) override;

 private:
  http::ServiceCaller service_;
};

}  // namespace cloudcart::product
