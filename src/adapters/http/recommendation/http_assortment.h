#pragma once

#include "http/client.h"
#include "recommendation/ports/assortment.h"

namespace cloudcart::recommendation {

/// Asks the product service: POST /internal/products/lookup {"tenant","ids"}, answered by
/// {"data":{"products":[{"id","name","category_name","price","is_active","inventory_count"}]}}.
class HttpAssortment final : public Assortment {
 public:
  /// `service_token` gives the bearer token by which services of the platform know each other.
  HttpAssortment(http::Client& product_service, http::ServiceToken service_token)
      : product_service_(product_service), service_token_(std::move(service_token)) {}

  Task<Result<std::vector<AssortmentProduct>>> find(TenantId tenant, std::vector<ProductId> ids,
                                                    Deadline deadline) override;

 private:
  http::Client& product_service_;
  const http::ServiceToken service_token_;
};

}  // namespace cloudcart::recommendation
