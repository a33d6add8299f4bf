#include "product/http/internal_routes.h"

#include <fmt/format.h>

#include "http/query_reader.h"
#include "product/http/product_json.h"

namespace cloudcart::product {
namespace {

using http::Request;
using http::Response;

constexpr std::size_t max_lookup = 1000;
constexpr TextRule tenant_rule{.min = 1, .max = 64};

struct Reservation {
  Caller caller;
  OrderId order_id;
  std::vector<LineRequest> lines;
};

struct Lookup {
  Caller caller;
  std::vector<ProductId> ids;
};

Caller read_caller(const Request& request, FieldReader& reader) {
  auto caller = request.caller;
  if (auto tenant = reader.optional_text("tenant", tenant_rule)) caller.tenant = TenantId{*std::move(tenant)};
  return caller;
}

Result<Reservation> read_reservation(const Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  std::vector<FieldError> errors;
  FieldReader reader(body, "", errors);
  Reservation reservation{.caller = read_caller(request, reader), .order_id = reader.id<OrderId>("order_id")};
  if (const auto* lines = reader.array("lines", 1, max_lines)) {
    for (std::size_t i = 0; i < lines->size(); ++i) {
      FieldReader line((*lines)[i], fmt::format("lines[{}].", i), errors);
      reservation.lines.push_back(
          {line.id<ProductId>("product_id"), line.integer("quantity", 1, max_quantity)});
    }
  }
  CLOUDCART_CHECK(reader.finish());
  return reservation;
}

/// The path says it all, so that the body may be left out.
Result<Caller> read_optional_body(const Request& request) {
  if (request.body.empty()) return request.caller;
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader reader(body);
  auto caller = read_caller(request, reader);
  CLOUDCART_CHECK(reader.finish());
  return caller;
}

Result<Lookup> read_lookup(const Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader reader(body);
  Lookup lookup{.caller = read_caller(request, reader)};
  lookup.ids = reader.ids<ProductId>("ids", 0, max_lookup);
  CLOUDCART_CHECK(reader.finish());
  return lookup;
}

Task<Result<Response>> reserve(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto reservation, read_reservation(request));
  auto lines = co_await app.reserve_stock(std::move(reservation.caller), reservation.order_id,
                                          std::move(reservation.lines));
  if (!lines) co_return fail(std::move(lines).error());
  co_return http::data_response(200, lines_json(*lines));
}

Task<Result<Response>> release(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto caller, read_optional_body(request));
  CLOUDCART_CO_TRY(const auto order, request.id_parameter<OrderId>("order_id"));
  auto released = co_await app.release_stock(std::move(caller), order);
  if (!released) co_return fail(std::move(released).error());
  co_return http::message_response(200, "Stock released");
}

Task<Result<Response>> confirm(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto caller, read_optional_body(request));
  CLOUDCART_CO_TRY(const auto order, request.id_parameter<OrderId>("order_id"));
  auto confirmed = co_await app.confirm_stock(std::move(caller), order);
  if (!confirmed) co_return fail(std::move(confirmed).error());
  co_return http::message_response(200, "Stock sold");
}

Task<Result<Response>> look_up(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto lookup, read_lookup(request));
  auto products = co_await app.find_products(std::move(lookup.caller), std::move(lookup.ids));
  if (!products) co_return fail(std::move(products).error());
  co_return http::data_response(200, summaries_json(*products));
}

}  // namespace

std::vector<http::Route> internal_product_routes(ProductApp& app) {
  using enum http::Method;
  using enum http::Access;
  using enum http::Priority;
  return {
      {post, "/internal/reservations", service, [&app](Request& request) { return reserve(app, request); },
       checkout},
      {post, "/internal/reservations/{order_id}/release", service,
       [&app](Request& request) { return release(app, request); }, checkout},
      {post, "/internal/reservations/{order_id}/confirm", service,
       [&app](Request& request) { return confirm(app, request); }, checkout},
      {post, "/internal/products/lookup", service, [&app](Request& request) { return look_up(app, request); },
       analytics},
  };
}

}  // namespace cloudcart::product
