#pragma once

#include "http/service_caller.h"
#include "order/ports/catalogue.h"

namespace cloudcart::order {

/// The product service in another process: POST /internal/reservations
/// {tenant,order_id,lines:[{product_id,quantity}]} →
/// {lines:[{product_id,product_name,category_name,price,quantity}]}, and POST
/// /internal/reservations/{order_id}/release and …/confirm {tenant}.
class HttpCatalogue final : public Catalogue {
 public:
  HttpCatalogue(http::Client& product_service, http::ServiceToken token)
      : service_(product_service, std::move(token)) {}

  Task<Result<std::vector<PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                std::vector<LineRequest> lines, Deadline deadline) override;
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override;
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override;

 private:
  Task<Status> settle(TenantId tenant, OrderId order_id, std::string_view step, Deadline deadline);

  http::ServiceCaller service_;
};

}  // namespace cloudcart::order
