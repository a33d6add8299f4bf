#include "adapters/http/recommendation/http_assortment.h"

#include <limits>

#include "core/json_reader.h"
#include "core/json_writer.h"
#include "http/problem.h"

namespace cloudcart::recommendation {
namespace {

constexpr TextRule any_text{.trimmed = false, .multiline = true};

http::ClientRequest lookup_request(const TenantId& tenant, const std::vector<ProductId>& ids,
                                   std::string_view token) {
  JsonWriter json;
  json.begin_object().field("tenant", tenant.value).key("ids").begin_array();
  for (const auto& id : ids) json.value(id);
  json.end_array().end_object();
  http::ClientRequest request{.method = http::Method::post, .target = "/internal/products/lookup"};
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Authorization", std::string{"Bearer "}.append(token));
  request.body = std::move(json).str();
  return request;
}

AssortmentProduct read_product(const boost::json::value& value, std::vector<FieldError>& errors) {
  FieldReader fields(value, "products.", errors);
  AssortmentProduct product;
  product.id = fields.id<ProductId>("id");
  product.name = fields.text("name", any_text);
  product.category = fields.optional_text("category_name", any_text).value_or("");
  product.price = fields.money("price", Money{}, Money{std::numeric_limits<std::int64_t>::max()});
  product.is_active = fields.optional_boolean("is_active").value_or(false);
  product.in_stock = fields.integer("inventory_count", 0, std::numeric_limits<std::int64_t>::max()) > 0;
  return product;
}

Result<std::vector<AssortmentProduct>> read_answer(std::string_view body) {
  const auto not_understood = [] {
    return fail(ErrorCode::unavailable, "The answer of the product service is not understood.");
  };
  const auto parsed = parse_json(body);
  if (!parsed) return not_understood();
  boost::system::error_code missing;
  const auto* products = parsed->find_pointer("/data/products", missing);
  if (!products || !products->is_array()) return not_understood();
  std::vector<AssortmentProduct> answer;
  std::vector<FieldError> errors;
  for (const auto& product : products->get_array()) answer.push_back(read_product(product, errors));
  if (!errors.empty()) return not_understood();
  return answer;
}

/// A lookup has no effects, so one whose outcome is unknown may be tried again like any that failed; and what
/// the product service holds against this service is not the caller's fault.
Error error_for_caller(Error error) {
  if (error.code != ErrorCode::overloaded && error.code != ErrorCode::deadline_exceeded)
    error.code = ErrorCode::unavailable;
  return error;
}

}  // namespace

Task<Result<std::vector<AssortmentProduct>>> HttpAssortment::find(TenantId tenant, std::vector<ProductId> ids,
                                                                  Deadline deadline) {
  auto sent = co_await product_service_.send(lookup_request(tenant, ids, service_token_(tenant)), deadline);
  if (!sent) co_return fail(error_for_caller(std::move(sent).error()));
  if (sent->status != 200)
    co_return fail(error_for_caller(http::error_of_response(sent->status, sent->body)));
  co_return read_answer(sent->body);
}

}  // namespace cloudcart::recommendation
