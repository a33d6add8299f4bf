#include "simulate/shop_api.h"

#include <fmt/format.h>

#include "core/json_reader.h"
#include "core/json_writer.h"
#include "http/problem.h"
#include "runtime/executor.h"

namespace cloudcart::simulate {

namespace json = boost::json;

namespace {

constexpr seconds call_limit{10};

std::string text_at(const json::value& value, std::string_view pointer) {
  boost::system::error_code ec;
  const auto* found = value.find_pointer(pointer, ec);
  return found && found->is_string() ? std::string{std::string_view{found->get_string()}} : std::string{};
}

std::int64_t integer_at(const json::value& value, std::string_view pointer) {
  boost::system::error_code ec;
  const auto* found = value.find_pointer(pointer, ec);
  return found && found->is_int64() ? found->get_int64() : 0;
}

const json::array& array_at(const json::value& value, std::string_view pointer) {
  static const json::array none;
  boost::system::error_code ec;
  const auto* found = value.find_pointer(pointer, ec);
  return found && found->is_array() ? found->get_array() : none;
}

Customer customer_of(const json::value& answer) {
  return {text_at(answer, "/data/user/id"), text_at(answer, "/data/token")};
}
ShownOrder order_of(const json::value& order) {
  return {text_at(order, "/id"), text_at(order, "/status")};
}

}  // namespace

struct ShopApi::Call {
  http::Method method = http::Method::get;
  std::string target;
  std::string body;
  std::string token;
  std::string idempotency_key;
};

Task<Result<json::value>> ShopApi::send(Call call) {
  http::ClientRequest request{
      .method = call.method, .target = std::move(call.target), .body = std::move(call.body)};
  if (!request.body.empty()) request.headers.set("Content-Type", "application/json");
  if (!call.token.empty()) request.headers.set("Authorization", "Bearer " + call.token);
  if (!call.idempotency_key.empty()) request.headers.set("Idempotency-Key", call.idempotency_key);
  const auto deadline = Executor::current()->now() + call_limit;
  CLOUDCART_CO_TRY(const auto response, co_await gateway_.send(std::move(request), deadline));
  if (response.status >= 300) co_return fail(http::error_of_response(response.status, response.body));
  co_return parse_json(response.body);
}

Task<Status> ShopApi::health() {
  CLOUDCART_CO_TRY(const auto answer, co_await send({.target = "/health"}));
  co_return Status{};
}

Task<Result<Customer>> ShopApi::open_account(std::string email, std::string password, std::string first_name,
                                             std::string last_name) {
  JsonWriter body;
  body.begin_object().field("email", email).field("password", password).field("first_name", first_name);
  body.field("last_name", last_name).end_object();
  CLOUDCART_CO_TRY(
      const auto answer,
      co_await send({.method = http::Method::post, .target = "/api/users/register", .body = body.str()}));
  co_return customer_of(answer);
}

Task<Result<Customer>> ShopApi::sign_in(std::string email, std::string password) {
  JsonWriter body;
  body.begin_object().field("email", email).field("password", password).end_object();
  CLOUDCART_CO_TRY(
      const auto answer,
      co_await send({.method = http::Method::post, .target = "/api/users/login", .body = body.str()}));
  co_return customer_of(answer);
}

Task<Result<ShopApi::ProductPage>> ShopApi::browse(std::int64_t page) {
  CLOUDCART_CO_TRY(const auto answer,
                   co_await send({.target = fmt::format("/api/products?limit=100&page={}", page)}));
  ProductPage shown{.products = {}, .pages = integer_at(answer, "/data/pagination/pages")};
  for (const auto& product : array_at(answer, "/data/products"))
    if (const auto stock = integer_at(product, "/inventory_count"); stock > 0)
      shown.products.push_back({text_at(product, "/id"), stock});
  co_return shown;
}

Task<Status> ShopApi::look_at(std::string product_id) {
  CLOUDCART_CO_TRY(const auto answer, co_await send({.target = "/api/products/" + product_id}));
  co_return Status{};
}

Task<Result<std::vector<std::string>>> ShopApi::goes_with(std::string product_id) {
  CLOUDCART_CO_TRY(
      const auto answer,
      co_await send({.target = fmt::format("/api/ai/recommendations/product/{}?limit=5", product_id)}));
  std::vector<std::string> ids;
  for (const auto& product : array_at(answer, "/data/similar_products"))
    ids.push_back(text_at(product, "/product_id"));
  co_return ids;
}

Task<Result<ShownOrder>> ShopApi::order(Customer customer, std::vector<BasketLine> basket,
                                        std::string idempotency_key) {
  JsonWriter body;
  body.begin_object().field("user_id", customer.id).key("items").begin_array();
  for (const auto& line : basket)
    body.begin_object().field("product_id", line.product_id).field("quantity", line.quantity).end_object();
  body.end_array().field("shipping_address", "1 Simulation Street, Anytown").end_object();
  CLOUDCART_CO_TRY(const auto answer, co_await send({.method = http::Method::post,
                                                     .target = "/api/orders",
                                                     .body = body.str(),
                                                     .token = customer.token,
                                                     .idempotency_key = std::move(idempotency_key)}));
  co_return order_of(answer.at_pointer("/data/order"));
}

Task<Status> ShopApi::cancel(Customer customer, std::string order_id) {
  CLOUDCART_CO_TRY(const auto answer, co_await send({.method = http::Method::post,
                                                     .target = fmt::format("/api/orders/{}/cancel", order_id),
                                                     .token = customer.token}));
  co_return Status{};
}

Task<Result<std::vector<ShownOrder>>> ShopApi::orders_with(Customer staff, std::string status) {
  CLOUDCART_CO_TRY(const auto answer,
                   co_await send({.target = fmt::format("/api/orders?limit=100&status={}", status),
                                  .token = staff.token}));
  std::vector<ShownOrder> orders;
  for (const auto& order : array_at(answer, "/data/orders")) orders.push_back(order_of(order));
  co_return orders;
}

Task<Result<std::vector<ShownProduct>>> ShopApi::scarcest(std::int64_t count) {
  CLOUDCART_CO_TRY(
      const auto answer,
      co_await send(
          {.target = fmt::format("/api/products?sortBy=inventory_count&sortOrder=ASC&limit={}", count)}));
  std::vector<ShownProduct> products;
  for (const auto& product : array_at(answer, "/data/products"))
    products.push_back({text_at(product, "/id"), integer_at(product, "/inventory_count")});
  co_return products;
}

Task<Status> ShopApi::restock(Customer staff, std::string product_id, std::int64_t inventory_count) {
  JsonWriter body;
  body.begin_object().field("inventory_count", inventory_count).end_object();
  CLOUDCART_CO_TRY(const auto answer, co_await send({.method = http::Method::put,
                                                     .target = "/api/products/" + product_id,
                                                     .body = body.str(),
                                                     .token = staff.token}));
  co_return Status{};
}

Task<Status> ShopApi::move_order(Customer staff, std::string order_id, std::string status) {
  JsonWriter body;
  body.begin_object().field("status", status).end_object();
  CLOUDCART_CO_TRY(const auto answer, co_await send({.method = http::Method::put,
                                                     .target = fmt::format("/api/orders/{}/status", order_id),
                                                     .body = body.str(),
                                                     .token = staff.token}));
  co_return Status{};
}

}  // namespace cloudcart::simulate
