#include "adapters/http/order/http_catalogue.h"
#include "adapters/memory/order/memory_catalogue.h"
#include "contract/order/catalogue_contract.h"
#include "core/json_reader.h"
#include "http/query_reader.h"
#include "support/pipeline_client.h"

namespace cloudcart::order {
namespace {

using Answer = Task<Result<http::Response>>;

Answer reserve(Catalogue& catalogue, http::Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  const TenantId tenant{fields.text("tenant", {.min = 1})};
  const auto order_id = fields.id<OrderId>("order_id");
  std::vector<LineRequest> lines;
  for (const auto& entry : *fields.array("lines", 1, max_lines)) {
    FieldReader line(entry);
    lines.push_back({line.id<ProductId>("product_id"), line.integer("quantity", 1, max_quantity)});
  }
  CLOUDCART_CO_CHECK(fields.finish());
  CLOUDCART_CO_TRY(const auto priced,
                   co_await catalogue.reserve(tenant, order_id, lines, request.caller.deadline));
  JsonWriter json;
  json.begin_object().key("lines").begin_array();
  for (const auto& line : priced) {
    json.begin_object().field("product_id", line.product_id).field("product_name", line.product_name);
    json.field("category_name", line.category_name)
        .field("price", line.price)
        .field("quantity", line.quantity);
    json.end_object();
  }
  json.end_array().end_object();
  co_return http::data_response(200, std::move(json));
}

using Settle = Task<Status> (Catalogue::*)(TenantId, OrderId, Deadline);

Answer settle(Catalogue& catalogue, Settle step, http::Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(const auto order_id, request.id_parameter<OrderId>("order_id"));
  const TenantId tenant{FieldReader(body).text("tenant", {.min = 1})};
  CLOUDCART_CO_CHECK(co_await (catalogue.*step)(tenant, order_id, request.caller.deadline));
  co_return http::message_response(200, "Done");
}

/// The product service's routes for the platform's other processes, over the catalogue of the tests.
std::vector<http::Route> reservation_routes(Catalogue& catalogue) {
  const auto on_settle = [&catalogue](Settle step) {
    return [&catalogue, step](http::Request& request) { return settle(catalogue, step, request); };
  };
  using enum http::Method;
  using enum http::Access;
  return {
      {post, "/internal/reservations", service,
       [&](http::Request& request) { return reserve(catalogue, request); }},
      {post, "/internal/reservations/{order_id}/release", service, on_settle(&Catalogue::release)},
      {post, "/internal/reservations/{order_id}/confirm", service, on_settle(&Catalogue::confirm)},
  };
}

struct HttpShop {
  MemoryCatalogue remote;
  test::PipelineClient client{reservation_routes(remote)};
  HttpCatalogue catalogue{client, [](const TenantId&) { return "service"; }};

  void put(ProductId id, std::string name, std::string category, Money price, std::int64_t pieces) {
    remote.put(
        id, {.name = std::move(name), .category = std::move(category), .price = price, .available = pieces});
  }
  std::int64_t available(ProductId id) { return remote.at(id).available; }
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Http, CatalogueContract, HttpShop);

}  // namespace cloudcart::order
