#include "adapters/http/analytics/http_stock.h"

#include <limits>

#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart::analytics {
namespace {

constexpr TextRule any_text{.trimmed = false, .multiline = true};

std::string lookup_json(const TenantId& tenant, const std::vector<ProductId>& ids) {
  JsonWriter json;
  json.begin_object().field("tenant", tenant.value).key("ids").begin_array();
  for (const auto& id : ids) json.value(id);
  json.end_array().end_object();
  return std::move(json).str();
}

ProductStock read_product(const boost::json::value& value, std::vector<FieldError>& errors) {
  FieldReader fields(value, "products.", errors);
  ProductStock product;
  product.product = fields.id<ProductId>("id");
  product.name = fields.text("name", any_text);
  product.available = fields.integer("inventory_count", 0, std::numeric_limits<std::int64_t>::max());
  product.is_active = fields.optional_boolean("is_active").value_or(false);
  return product;
}

Result<std::vector<ProductStock>> read_products(const boost::json::value& data) {
  const auto* fields = data.if_object();
  const auto* products = fields ? fields->if_contains("products") : nullptr;
  std::vector<ProductStock> answer;
  std::vector<FieldError> errors;
  if (products && products->is_array()) {
    for (const auto& product : products->get_array()) answer.push_back(read_product(product, errors));
    if (errors.empty()) return answer;
  }
  return fail(ErrorCode::unavailable, "The answer of the product service is not understood.");
}

/// A lookup has no effects: one whose outcome is unknown may be asked again like any that failed.
Error error_for_caller(Error error) {
  error = http::ServiceCaller::for_caller(std::move(error), {});
  if (error.code == ErrorCode::outcome_unknown) error.code = ErrorCode::unavailable;
  return error;
}

}  // namespace

Task<Result<std::vector<ProductStock>>> HttpStock::find(TenantId tenant, std::vector<ProductId> ids,
                                                        Deadline deadline) {
  auto body = lookup_json(tenant, ids);
  const auto data = co_await product_service_.post(std::move(tenant), "/internal/products/lookup",
                                                   std::move(body), deadline);
  if (!data) co_return fail(error_for_caller(data.error()));
  co_return read_products(*data);
}

}  // namespace cloudcart::analytics
