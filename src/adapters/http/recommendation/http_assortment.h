#pragma once

#include "http/service_caller.h"
#include "recommendation/ports/assortment.h"

namespace cloudcart::recommendation {

/// Asks the product service: POST /internal/products/lookup {"tenant","ids"}, answered by
/// {"data":{"products":[{"id","name","category_name","price","is_active","inventory_count"}]}}.
class HttpAssortment final : public Assortment {
 public:
  /// `token` gives the bearer token by which services of the platform know each other.
  HttpAssortment(http::Client& product_service, http::ServiceToken token)
      : product_service_(product_service, std::move(token)) {}

  Task<Result<std::vector<AssortmentProduct>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                    Deadline deadline) override;

 private:
  http::ServiceCaller product_service_;
};

}  // namespace cloudcart::recommendation
