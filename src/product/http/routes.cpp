#include "product/http/routes.h"

#include "http/query_reader.h"
#include "product/http/internal_routes.h"
#include "product/http/product_json.h"
#include "product/http/product_requests.h"
#include "product/http/stock_routes.h"

namespace cloudcart::product {
namespace {

using http::Request;
using http::Response;

/// `json` is the whole data object.
Response answer(int status, std::string_view json, std::string_view message = {}) {
  JsonWriter data;
  data.raw(json);
  return http::data_response(status, std::move(data), message);
}

Task<Result<Response>> create_product(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto draft, read_new_product(body));
  auto product = co_await app.create_product(request.caller, std::move(draft));
  if (!product) co_return fail(std::move(product).error());
  request.audit_target = product->id.to_string();
  co_return answer(201, render_product(*product), "Product created");
}

Task<Result<Response>> list_products(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto query, read_product_query(request));
  auto page = co_await app.list_products(request.caller, std::move(query), &render_page);
  if (!page) co_return fail(std::move(page).error());
  co_return answer(200, *page);
}

Task<Result<Response>> list_categories(ProductApp& app, Request& request) {
  auto categories = co_await app.list_categories(request.caller, &render_categories);
  if (!categories) co_return fail(std::move(categories).error());
  co_return answer(200, *categories);
}

Task<Result<Response>> get_product(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ProductId>("id"));
  auto product = co_await app.get_product(request.caller, id, &render_product);
  if (!product) co_return fail(std::move(product).error());
  co_return answer(200, *product);
}

Task<Result<Response>> update_product(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ProductId>("id"));
  CLOUDCART_CO_TRY(auto change, read_product_change(body));
  auto product = co_await app.update_product(request.caller, id, std::move(change));
  if (!product) co_return fail(std::move(product).error());
  co_return answer(200, render_product(*product), "Product updated");
}

Task<Result<Response>> deactivate_product(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ProductId>("id"));
  auto product = co_await app.deactivate_product(request.caller, id);
  if (!product) co_return fail(std::move(product).error());
  co_return answer(200, render_product(*product), "Product deactivated");
}

}  // namespace

std::vector<http::Route> product_routes(ProductApp& app) {
  using enum http::Method;
  using enum http::Access;
  const auto to = [&app](Task<Result<Response>> (*handle)(ProductApp&, Request&)) {
    return [&app, handle](Request& request) { return handle(app, request); };
  };
  std::vector<http::Route> routes{
      {post, "/api/products", staff, to(create_product),
       http::Audit{"product.create", {"name", "price", "sku", "inventory_count"}}},
      {get, "/api/products", anyone, to(list_products)},
      {get, "/api/products/categories/all", anyone, to(list_categories)},
      {get, "/api/products/{id}", anyone, to(get_product)},
      {put, "/api/products/{id}", staff, to(update_product),
       http::Audit{"product.update",
                   {"name", "price", "category_name", "sku", "inventory_count", "is_active"}}},
      {delete_, "/api/products/{id}", staff, to(deactivate_product), http::Audit{"product.deactivate"}},
  };
  for (auto& route : stock_routes(app)) routes.push_back(std::move(route));
  for (auto& route : internal_product_routes(app)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace cloudcart::product
