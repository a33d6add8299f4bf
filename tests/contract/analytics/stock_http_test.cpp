#include <gmock/gmock.h>

#include "adapters/http/analytics/http_stock.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "core/json_reader.h"
#include "core/json_writer.h"
#include "http/problem.h"
#include "stock_contract.h"

namespace cloudcart::analytics {
namespace {

/// The product service's lookup as the contract between the two describes it, without a network.
class FakeProductService final : public http::Client {
 public:
  MemoryStock products;
  std::optional<Result<http::Response>> next_answer;
  std::optional<http::ClientRequest> last_request;

  Task<Result<http::Response>> send(http::ClientRequest request, Deadline deadline) override {
    last_request = request;
    if (next_answer) co_return *std::exchange(next_answer, std::nullopt);
    if (request.method != http::Method::post || request.target != "/internal/products/lookup")
      co_return http::problem_response(Error::not_found("Route"), "");
    auto body = parse_json(request.body).value();
    FieldReader fields(body);
    TenantId tenant{fields.text("tenant", {})};
    std::vector<ProductId> ids;
    for (const auto& id : *fields.array("ids", 0, Stock::max_lookup))
      ids.push_back(ProductId::parse(std::string_view{id.as_string()}).value());
    auto found = co_await products.find(std::move(tenant), std::move(ids), deadline);
    co_return answer(*found);
  }

 private:
  static http::Response answer(const std::vector<ProductStock>& found) {
    JsonWriter json;
    json.begin_object().key("products").begin_array();
    for (const auto& product : found) {
      json.begin_object().field("id", product.product).field("name", product.name);
      json.field("category_name", "Food").field("price", Money{100});
      json.field("is_active", product.is_active).field("inventory_count", product.available).end_object();
    }
    json.end_array().end_object();
    return http::data_response(200, std::move(json));
  }
};

struct HttpFixture {
  FakeProductService service;
  HttpStock http{service, [](const TenantId& tenant) { return "token-of-" + tenant.value; }};
  Stock& stock() { return http; }
  void put(TenantId tenant, ProductStock product) {
    service.products.put(std::move(tenant), std::move(product));
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Http, StockContract, HttpFixture);

class HttpStockTest : public testing::Test {
 protected:
  HttpFixture fixture;

  ErrorCode error_after(Result<http::Response> answer) {
    fixture.service.next_answer = std::move(answer);
    return sync_wait(fixture.http.find({}, {test::id_of<ProductId>(1)}, Deadline::max())).error().code;
  }
};

TEST_F(HttpStockTest, ShowsTheServiceToken) {
  sync_wait(fixture.http.find({}, {test::id_of<ProductId>(1)}, Deadline::max())).value();
  EXPECT_EQ(fixture.service.last_request->headers.find("Authorization"), "Bearer token-of-main");
}

TEST_F(HttpStockTest, WhateverGoesWrongIsNotTheCallersFault) {
  EXPECT_EQ(error_after(fail(ErrorCode::outcome_unknown, "lost")), ErrorCode::unavailable);
  EXPECT_EQ(error_after(fail(ErrorCode::deadline_exceeded, "late")), ErrorCode::deadline_exceeded);
  EXPECT_EQ(error_after(http::problem_response({ErrorCode::forbidden, "no", {}}, "")),
            ErrorCode::unavailable);
  EXPECT_EQ(error_after(http::problem_response({ErrorCode::overloaded, "busy", {}}, "")),
            ErrorCode::overloaded);
}

TEST_F(HttpStockTest, AnAnswerThatIsNotUnderstoodIsNotGuessedAt) {
  for (const auto* body :
       {"", "[]", "{}", R"({"data":{"products":5}})", R"({"data":{"products":[{"id":"x"}]}})"})
    EXPECT_EQ(error_after(http::json_response(200, body)), ErrorCode::unavailable) << body;
}

}  // namespace
}  // namespace cloudcart::analytics
