#pragma once

#include "analytics/ports/stock.h"
#include "http/service_caller.h"

namespace cloudcart::analytics {

/// Asks the product service: POST /internal/products/lookup {"tenant","ids"}, answered by
/// {"data":{"products":[{"id","name","is_active","inventory_count",…}]}}.
class HttpStock final : public Stock {
 public:
  /// `token` gives the bearer token by which services of the platform know each other.
  HttpStock(http::Client& product_service, http::ServiceToken token)
      : product_service_(product_service, std::move(token)) {}

  Task<Result<std::vector<ProductStock>>> find(TenantId tenant, std::vector<ProductId> ids,
                                               Deadline deadline) override;

 private:
  http::ServiceCaller product_service_;
};

}  // namespace cloudcart::analytics
