#include "adapters/http/product/http_orders.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "http/problem.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::product {
namespace {

const auto first = test::numbered<OrderId>(1), second = test::numbered<OrderId>(2);

/// Gives out a prepared answer and keeps what it was asked.
class FakeService final : public http::Client {
 public:
  Task<Result<http::Response>> send(http::ClientRequest request, Deadline) override {
    asked = std::move(request);
    co_return answer;
  }
  Result<http::Response> answer = fail(ErrorCode::unavailable, "nobody there");
  http::ClientRequest asked;
};

class HttpOrdersTest : public testing::Test {
 protected:
  auto settle() { return sync_wait(orders.settle({"other"}, {first, second}, Deadline::max())); }
  auto settle(std::string entries) {
    service.answer = http::json_response(200, R"({"success":true,"data":{"orders":)" + entries + "}}");
    return settle();
  }
  static std::string entry(OrderId id, std::string_view status) {
    return fmt::format(R"({{"id":"{}"{}{}}})", id.to_string(), status.empty() ? "" : R"(,"status":)", status);
  }

  FakeService service;
  HttpOrders orders{service, [](const TenantId& tenant) { return "token of " + tenant.value; }};
};

TEST_F(HttpOrdersTest, AsksAsTheOrderServiceReadsIt) {
  using Statuses = std::vector<std::optional<OrderStatus>>;
  const auto answer = settle("[" + entry(first, "null") + "," + entry(second, R"("shipped")") + "]");
  EXPECT_EQ(answer.value(), (Statuses{std::nullopt, OrderStatus::shipped}));
  EXPECT_EQ(service.asked.target, "/internal/orders/settle");
  EXPECT_EQ(service.asked.headers.find("Authorization"), "Bearer token of other");
  EXPECT_EQ(service.asked.body,
            fmt::format(R"({{"tenant":"other","ids":["{}","{}"]}})", first.to_string(), second.to_string()));
}

/// A null gives stock back for good, so nothing that is not exactly one may be taken for it.
TEST_F(HttpOrdersTest, AnAnswerThatIsNotUnderstoodIsNone) {
  const auto good = entry(second, "null");
  for (const auto& entries :
       {std::string{"null"}, std::string{"[]"}, "[" + good + "]", "[" + entry(first, "") + "," + good + "]",
        "[" + entry(first, R"("lost")") + "," + good + "]", "[" + entry(first, "5") + "," + good + "]",
        "[" + good + "," + good + "]", "[null," + good + "]",
        "[" + entry(first, "null") + "," + good + "," + good + "]"})
    EXPECT_EQ(settle(entries).error().code, ErrorCode::unavailable) << entries;
}

TEST_F(HttpOrdersTest, FailuresAreThoseOfThePort) {
  for (const auto code : {ErrorCode::unavailable, ErrorCode::overloaded, ErrorCode::outcome_unknown}) {
    service.answer = fail(code, "lost");
    EXPECT_EQ(settle().error().code, code);
  }
  for (const auto code : {ErrorCode::forbidden, ErrorCode::not_found, ErrorCode::internal}) {
    service.answer = http::problem_response({code, "no", {}}, "id");
    EXPECT_EQ(settle().error().code, ErrorCode::unavailable) << to_string(code);
  }
}

}  // namespace
}  // namespace cloudcart::product
