#include "adapters/http/analytics/http_ledger.h"
#include "adapters/memory/order/memory_order_ledger.h"
#include "http/problem.h"
#include "ledger_contract.h"
#include "order/http/internal_ledger.h"
#include "support/pipeline_client.h"

namespace cloudcart::analytics {
namespace {

/// The order service's own route, without a network.
struct HttpFixture {
  order::MemoryOrderState state;
  order::MemoryOrderLedger orders{state};
  test::PipelineClient client{order::ledger_routes(orders)};
  HttpLedger http{client, [](const TenantId&) { return "service"; }};
  Ledger& ledger() { return http; }
  void put(order::ImportedOrder order) {
    if (!sync_wait(orders.import_orders({std::move(order)}, Deadline::max())))
      throw std::logic_error("the order was not imported");
  }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Http, LedgerContract, HttpFixture);

class CannedAnswer final : public http::Client {
 public:
  explicit CannedAnswer(Result<http::Response> answer) : answer_(std::move(answer)) {}
  Task<Result<http::Response>> send(http::ClientRequest, Deadline) override { co_return answer_; }

 private:
  Result<http::Response> answer_;
};

ErrorCode error_after(Result<http::Response> answer) {
  CannedAnswer client(std::move(answer));
  HttpLedger ledger(client, [](const TenantId&) { return "service"; });
  const auto totals = sync_wait(ledger.totals({}, Deadline::max()));
  return totals ? ErrorCode::internal : totals.error().code;
}

TEST(HttpLedgerTest, WhateverGoesWrongIsNotTheCallersFault) {
  EXPECT_EQ(error_after(fail(ErrorCode::outcome_unknown, "lost")), ErrorCode::unavailable);
  EXPECT_EQ(error_after(fail(ErrorCode::deadline_exceeded, "late")), ErrorCode::deadline_exceeded);
  EXPECT_EQ(error_after(http::problem_response({ErrorCode::forbidden, "no", {}}, "")),
            ErrorCode::unavailable);
}

TEST(HttpLedgerTest, AnAnswerThatIsNotUnderstoodIsNotGuessedAt) {
  const std::string head =
      R"({"data":{"position":1,"orders_placed":1,"orders_cancelled":0,"units_ordered":1,)"
      R"("units_cancelled":0,"gross":"1.00","cancelled":"0.00","days":)";
  const std::string day = R"({"date":"2026-01-01","gross":"1.00","cancelled":"0.00"})";
  EXPECT_EQ(error_after(http::json_response(200, head + "[" + day + "]}}")), ErrorCode::internal) << "sound";
  for (const std::string& days :
       {std::string{"null"}, "[" + day + "," + day + "]",
        std::string{R"([{"date":"2026-13-01","gross":"1.00","cancelled":"0.00"}])"},
        std::string{R"([{"date":"2026-01-01","gross":"-1.00","cancelled":"0.00"}])"}})
    EXPECT_EQ(error_after(http::json_response(200, head + days + "}}")), ErrorCode::unavailable) << days;
  for (const auto* body : {"", "[]", "{}", R"({"data":{"position":1}})"})
    EXPECT_EQ(error_after(http::json_response(200, body)), ErrorCode::unavailable) << body;
}

}  // namespace
}  // namespace cloudcart::analytics
