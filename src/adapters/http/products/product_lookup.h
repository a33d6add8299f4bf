#pragma once

#include <vector>

#include "core/json_reader.h"
#include "core/json_writer.h"
#include "http/service_caller.h"

namespace cloudcart::http {

/// POST /internal/products/lookup of the product service, for those who need to know of its products. `read`
/// makes of the fields of each what its port calls it. Errors: unavailable, overloaded, deadline_exceeded: a
/// lookup has no effects, and one whose outcome is unknown may be asked again like any that failed.
template <class Product>
Task<Result<std::vector<Product>>> look_up_products(ServiceCaller& product_service, TenantId tenant,
                                                    std::vector<ProductId> ids,
                                                    Product (*read)(FieldReader& fields), Deadline deadline) {
  JsonWriter json;
  json.begin_object().field("tenant", tenant.value).key("ids").begin_array();
  for (const auto& id : ids) json.value(id);
  json.end_array().end_object();
  const auto data = co_await product_service.post(std::move(tenant), "/internal/products/lookup",
                                                  std::move(json).str(), deadline);
  if (!data) {
    auto error = ServiceCaller::for_caller(data.error(), {});
    if (error.code == ErrorCode::outcome_unknown) error.code = ErrorCode::unavailable;
    co_return fail(std::move(error));
  }
  const auto* fields = data->if_object();
  const auto* products = fields ? fields->if_contains("products") : nullptr;
  std::vector<Product> answer;
  std::vector<FieldError> errors;
  if (products && products->is_array()) {
    for (const auto& product : products->get_array()) {
      FieldReader reader(product, "products.", errors);
      answer.push_back(read(reader));
    }
    if (errors.empty()) co_return answer;
  }
  co_return fail(ErrorCode::unavailable, "The answer of the product service is not understood.");
}

/// Texts of the product service are taken as they are.
constexpr TextRule product_text{.trimmed = false, .multiline = true};

}  // namespace cloudcart::http
