// Whole requests through the pipeline, to every route that reads a body or a query, up to where its use case would begin.
#include <zlib.h>

#include "analytics/http/alert_requests.h"
#include "analytics/http/period_query.h"
#include "analytics/http/query_request.h"
#include "analytics/http/tabular.h"
#include "core/text.h"
#include "fuzz/fuzz_target.h"
#include "order/http/order_requests.h"
#include "privacy/erasure_json.h"
#include "product/http/product_requests.h"
#include "product/http/routes.h"
#include "recommendation/http/experiment_requests.h"
#include "recommendation/http/recommendation_requests.h"
#include "support/http_client.h"
#include "support/memory_products.h"
#include "user/http/dto.h"

using namespace cloudcart;
using fuzz::require;
using http::Access;
using http::Method;
using http::Request;

namespace {

http::Response done() {
  return http::message_response(200, "read");
}

/// A route whose handler reads the request as the real one does, and leaves it at that.
template <class Read>
http::Route reading(Method method, std::string path, Read read) {
  return {method, std::move(path), Access::anyone, [read](Request& request) -> Task<Result<http::Response>> {
            if (auto outcome = read(request); !outcome) co_return fail(std::move(outcome).error());
            co_return done();
          }};
}

/// The same of a reader that takes the body's JSON.
template <class Read>
http::Route reading_body(Method method, std::string path, Read read) {
  return reading(method, std::move(path), [read](const Request& request) -> Status {
    CLOUDCART_TRY(const auto body, http::json_body(request));
    CLOUDCART_CHECK(read(body));
    return {};
  });
}

/// The same of one that takes parameters of the query.
template <class Read>
http::Route reading_query(std::string path, Read read) {
  return reading(Method::get, std::move(path), [read](const Request& request) {
    http::QueryReader query(request);
    read(request, query);
    return query.finish();
  });
}

std::vector<http::Route> user_readers() {
  return {reading_body(Method::post, "/api/users/register", user::read_registration),
          reading_body(Method::post, "/api/users/login",
                       [](const auto& body) { return user::read_credentials(body, "127.0.0.1"); }),
          reading_body(Method::post, "/api/users/login/code",
                       [](const auto& body) { return user::read_secret(body, "code"); }),
          reading_body(Method::post, "/api/users/refresh",
                       [](const auto& body) { return user::read_secret(body, "refresh_token"); }),
          reading_body(Method::put, "/api/users/profile", user::read_profile_change),
          reading_body(Method::post, "/api/users/password",
                       [](const auto& body) { return user::read_password_change(body, "127.0.0.1"); }),
          reading_body(Method::post, "/api/users/password/reset", user::read_password_reset),
          reading_body(Method::post, "/api/users/setup", user::read_setup),
          reading_body(Method::post, "/api/users/{id}/erasure",
                       [](const auto& body) { return user::read_secret(body, "password"); }),
          reading_query("/api/users/erasures",
                        [](const Request&, http::QueryReader& query) { (void)query.text("receipt", {}); }),
          reading_body(Method::post, "/internal/erasures/reports", privacy::parse_report),
          reading_body(Method::put, "/api/users/{id}", user::read_account_change),
          reading_body(Method::post, "/internal/users", user::read_new_account)};
}

std::vector<http::Route> shop_readers() {
  return {reading_body(Method::post, "/api/products", product::read_new_product),
          reading_body(Method::put, "/api/products/{id}", product::read_product_change),
          reading(Method::get, "/api/products", product::read_product_query),
          reading(Method::post, "/api/orders", order::read_place_order),
          reading(Method::put, "/api/orders/{id}/status", order::read_status),
          reading(Method::get, "/api/orders/user/{userId}", order::read_page_of_orders),
          reading(Method::get, "/api/orders",
                  [](const Request& request) { return order::read_list(request, TimeZone{}); }),
          reading(Method::get, "/api/orders/{id}",
                  [](const Request& request) { return request.id_parameter<OrderId>("id"); })};
}

std::vector<http::Route> analytics_readers() {
  return {
      reading(Method::post, "/api/analytics/query", analytics::read_query),
      reading_body(Method::post, "/api/analytics/alerts", analytics::read_alert),
      reading_body(Method::put, "/api/analytics/alerts/{id}", analytics::read_alert),
      reading_query(
          "/api/analytics/dashboard",
          [](const Request&, http::QueryReader& query) { (void)analytics::read_compared_period(query); }),
      reading_query("/api/analytics/reports/products", [](const Request& request, http::QueryReader& query) {
        (void)analytics::read_period(query);
        (void)analytics::read_format(request, query);
        (void)http::read_page(query);
      })};
}

std::vector<http::Route> recommendation_readers() {
  using namespace recommendation;
  return {reading(Method::get, "/api/ai/recommendations/popular",
                  [](const Request& request) { return read_visitor_wishes(request, 10); }),
          reading(Method::get, "/api/ai/recommendations/user/{user_id}", read_user_request),
          reading(Method::post, "/api/ai/recommendations/basket", read_basket_request),
          reading(Method::post, "/api/ai/recommendations/session", read_session_request),
          reading(Method::post, "/api/ai/recommendations/batch", read_batch_request),
          reading_body(Method::post, "/api/ai/experiments", read_plan),
          reading_body(Method::post, "/api/ai/feedback", read_feedback)};
}

/// Routes whose readers are their own: as they are, on a catalogue that has nothing to change.
bool is_taken_whole(const http::Route& route) {
  return route.path == "/api/products/{id}/stock" || route.path.starts_with("/internal/");
}

std::vector<http::Route> all_routes(product::ProductApp& products) {
  std::vector<http::Route> routes;
  for (auto part : {user_readers(), shop_readers(), analytics_readers(), recommendation_readers()})
    std::ranges::move(part, std::back_inserter(routes));
  for (auto& route : product::product_routes(products))
    if (is_taken_whole(route)) routes.push_back(std::move(route));
  return routes;
}

test::HttpClient& client() {
  static test::MemoryProducts products;
  static test::HttpClient made(all_routes(products.app));
  return made;
}

/// The JSON of a body that was sent with gzip; null when it is none.
boost::json::value packed_json(std::string_view body) {
  constexpr int gzip_only = 15 + 16;
  z_stream stream{};
  require(inflateInit2(&stream, gzip_only) == Z_OK, "zlib starts");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  std::string text;
  int state = Z_OK;
  while (state == Z_OK) {
    std::array<char, 16384> piece;
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  require(state == Z_STREAM_END && stream.avail_in == 0, "a compressed body is whole, and nothing more");
  return parse_json(text).value_or(nullptr);
}

bool is_expected(int status) {
  constexpr std::array known{200, 204, 304, 400, 401, 403, 404, 405, 409, 413, 414, 415, 426, 431};
  return std::ranges::find(known, status) != known.end();
}

}  // namespace

/// "METHOD target", header fields, an empty line, the body. It comes as JSON from an administrator unless fields say otherwise.
FUZZ_TARGET(request) {
  fuzz::Input bytes(input);
  const auto first = bytes.line();
  const auto space = std::min(first.find(' '), first.size());
  const auto target = first.substr(std::min(space + 1, first.size()));
  http::Headers headers;
  while (!bytes.rest().empty()) {
    const auto line = bytes.line();
    if (line.empty()) break;
    const auto colon = std::min(line.find(':'), line.size());
    headers.add(line.substr(0, colon), std::string{trim(line.substr(std::min(colon + 1, line.size())))});
  }
  if (!headers.find("Authorization"))
    headers.set("Authorization", target.starts_with("/internal/")
                                     ? "Bearer service"
                                     : "Bearer admin:01930c5e-7e6d-7abc-8def-000000000001");
  if (!headers.find("Content-Type")) headers.set("Content-Type", "application/json");

  auto reply = client().as_nobody().send(http::parse_method(first.substr(0, space)), std::string{target},
                                         std::string{bytes.rest()}, std::move(headers));
  require(is_expected(reply.status), "no request makes an answer that is not of the contract");
  const auto id = reply.headers.find("X-Request-Id").value_or("");
  require(
      !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7F; }),
      "a request id is a short word");
  for (const auto& [name, value] : reply.headers.fields())
    require(value.find_first_of("\r\n") == std::string::npos,
            "no field of an answer goes on in another line");
  if (reply.headers.find("Content-Encoding")) {
    require(reply.headers.find("Content-Encoding") == "gzip" &&
                reply.headers.find("Vary").value_or("").contains("Accept-Encoding"),
            "a cache is told what a compressed answer depends on");
    reply.json = packed_json(reply.body);
  } else {
    require(is_valid_utf8(reply.body), "an answer is UTF-8");
  }
  if (reply.status < 400) return;
  require(reply.json.is_object() &&
              reply.headers.find("Content-Type").value_or("").starts_with("application/json"),
          "an error is JSON");
  require(!reply.text("/message").empty() && parse_error_code(reply.code()),
          "an error has a code and a sentence");
}
