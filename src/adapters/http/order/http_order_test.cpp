#include <deque>

#include <gtest/gtest.h>

#include "adapters/http/order/http_catalogue.h"
#include "adapters/http/order/http_customers.h"
#include "adapters/http/order/http_event_log.h"
#include "http/problem.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::order {
namespace {

using test::numbered;

constexpr auto no_deadline = Deadline::max();
const auto order_id = numbered<OrderId>(1);
const auto user_id = numbered<UserId>(2);
const auto pot = numbered<ProductId>(3);

/// Gives out prepared answers and keeps what it was asked.
class FakeService final : public http::Client {
 public:
  Task<Result<http::Response>> send(http::ClientRequest request, Deadline) override {
    asked.push_back(std::move(request));
    auto answer = std::move(answers.front());
    answers.pop_front();
    co_return answer;
  }
  void answer(int status, std::string json) {
    answers.push_back(http::json_response(status, std::move(json)));
  }
  void refuse(ErrorCode code) { answers.push_back(http::problem_response({code, "no", {}}, "id")); }
  void lose(ErrorCode code) { answers.push_back(fail(code, "lost")); }

  std::deque<Result<http::Response>> answers;
  std::vector<http::ClientRequest> asked;
};

class HttpOrderTest : public testing::Test {
 protected:
  FakeService service;
  http::ServiceToken token = [](const TenantId& tenant) { return "token of " + tenant.value; };
  HttpCatalogue catalogue{service, token};
  HttpCustomers customers{service, token};
  HttpEventLog log{service, token};

  Result<std::vector<PricedLine>> reserve() {
    return sync_wait(catalogue.reserve({}, order_id, {{pot, 2}}, no_deadline));
  }
  Result<bool> exists() { return sync_wait(customers.exists({"other"}, user_id, no_deadline)); }
};

TEST_F(HttpOrderTest, AReservationIsAskedForAsTheProductServiceReadsIt) {
  service.answer(200, R"({"success":true,"data":{"lines":[{"product_id":")" + pot.to_string() +
                          R"(","product_name":"Pot","category_name":null,"price":"19.99","quantity":2}]}})");
  EXPECT_EQ(reserve().value(), (std::vector<PricedLine>{{pot, "Pot", "", Money{1999}, 2}}));
  const auto& request = service.asked.at(0);
  EXPECT_EQ(request.method, http::Method::post);
  EXPECT_EQ(request.target, "/internal/reservations");
  EXPECT_EQ(request.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(request.headers.find("Authorization"), "Bearer token of main");
  EXPECT_EQ(request.body, R"({"tenant":"main","order_id":")" + order_id.to_string() +
                              R"(","lines":[{"product_id":")" + pot.to_string() + R"(","quantity":2}]})");
}

TEST_F(HttpOrderTest, RefusalsOfACatalogueComeThrough) {
  for (const auto code : {ErrorCode::insufficient_inventory, ErrorCode::validation_failed,
                          ErrorCode::conflict, ErrorCode::overloaded, ErrorCode::unavailable}) {
    service.refuse(code);
    EXPECT_EQ(reserve().error().code, code);
  }
}

TEST_F(HttpOrderTest, WhatIsWrongBetweenServicesIsNotTheCallersFault) {
  for (const auto code :
       {ErrorCode::unauthenticated, ErrorCode::forbidden, ErrorCode::not_found, ErrorCode::internal}) {
    service.refuse(code);
    EXPECT_EQ(reserve().error().code, ErrorCode::unavailable) << to_string(code);
  }
}

TEST_F(HttpOrderTest, AReservationWhoseAnswerIsLostOrUnreadableIsOfUnknownOutcome) {
  service.lose(ErrorCode::outcome_unknown);
  EXPECT_EQ(reserve().error().code, ErrorCode::outcome_unknown);
  for (const auto* unreadable :
       {"", "[]", "{}", R"({"data":{"lines":[]}})", R"({"data":{"lines":[{"quantity":2}]}})"}) {
    service.answer(200, unreadable);
    EXPECT_EQ(reserve().error().code, ErrorCode::outcome_unknown) << unreadable;
  }
}

TEST_F(HttpOrderTest, StockIsSettledByOrder) {
  service.answer(200, R"({"success":true,"message":"Stock released"})");
  EXPECT_TRUE(sync_wait(catalogue.release({}, order_id, no_deadline)));
  EXPECT_EQ(service.asked.at(0).target, "/internal/reservations/" + order_id.to_string() + "/release");
  EXPECT_EQ(service.asked.at(0).body, R"({"tenant":"main"})");
  service.refuse(ErrorCode::conflict);
  EXPECT_EQ(sync_wait(catalogue.confirm({}, order_id, no_deadline)).error().code, ErrorCode::conflict);
  EXPECT_EQ(service.asked.at(1).target, "/internal/reservations/" + order_id.to_string() + "/confirm");
}

TEST_F(HttpOrderTest, AnAccountIsThereOrNotOrItIsNotKnown) {
  service.answer(200, R"({"success":true,"data":{"user":{}}})");
  EXPECT_TRUE(exists().value());
  EXPECT_EQ(service.asked.at(0).target, "/internal/users/" + user_id.to_string());
  EXPECT_EQ(service.asked.at(0).headers.find("Authorization"), "Bearer token of other");
  service.refuse(ErrorCode::not_found);
  EXPECT_FALSE(exists().value());
  for (const auto code : {ErrorCode::unauthenticated, ErrorCode::internal, ErrorCode::unavailable}) {
    service.refuse(code);
    EXPECT_EQ(exists().error().code, ErrorCode::unavailable);
  }
}

TEST_F(HttpOrderTest, AnUnreadableLogIsUnavailable) {
  for (const auto* unreadable :
       {"", "{}", R"({"data":{}})", R"({"data":{"records":[{"position":1}],"end":"x"}})",
        R"({"data":{"records":[{"position":0,"event":{}}]}})",
        R"({"data":{"records":[{"position":1,"event":{}}]}})"}) {
    service.answer(200, unreadable);
    EXPECT_EQ(sync_wait(log.read(0, 10, no_deadline)).error().code, ErrorCode::unavailable) << unreadable;
    service.answer(200, unreadable);
    EXPECT_EQ(sync_wait(log.end_position(no_deadline)).error().code, ErrorCode::unavailable) << unreadable;
    service.answer(200, unreadable);
    EXPECT_EQ(sync_wait(log.count_beyond(0, no_deadline)).error().code, ErrorCode::unavailable) << unreadable;
  }
}

TEST_F(HttpOrderTest, ReadsKeepTheBoundsOfTheRoute) {
  service.answer(200, R"({"data":{"records":[],"end":0}})");
  EXPECT_TRUE(sync_wait(log.read(7, 50'000, no_deadline)));
  EXPECT_EQ(service.asked.at(0).target, "/internal/events?after=7&limit=1000");
}

TEST_F(HttpOrderTest, AWaitAsksAgainWhenTheServiceIsAway) {
  service.lose(ErrorCode::unavailable);
  service.answer(200, R"({"data":{"records":[],"end":7}})");
  service.answer(200, R"({"data":{"records":[],"end":8}})");
  ManualExecutor executor(/*virtual_time=*/true);
  const Executor::Scope scope(executor);
  std::optional<bool> woken;
  start(log.wait_beyond(7, executor.now() + seconds{60}),
        [&](auto outcome) { woken = std::get<0>(outcome); });
  executor.run_until([&] { return woken.has_value(); });
  EXPECT_EQ(woken, true);
  EXPECT_EQ(service.asked.size(), 3U);
  EXPECT_EQ(service.asked[0].target, "/internal/events?after=7&limit=0&wait_ms=5000");
}

TEST_F(HttpOrderTest, AWaitForAServiceThatIsAwayEndsInTime) {
  for (int i = 0; i < 20; ++i) service.lose(ErrorCode::unavailable);
  ManualExecutor executor(/*virtual_time=*/true);
  const Executor::Scope scope(executor);
  const auto until = executor.now() + seconds{1};
  std::optional<bool> woken;
  start(log.wait_beyond(0, until), [&](auto outcome) { woken = std::get<0>(outcome); });
  executor.run_until([&] { return woken.has_value(); });
  EXPECT_EQ(woken, false);
  EXPECT_EQ(executor.now(), until);
  EXPECT_LT(service.asked.size(), 10U);
}

}  // namespace
}  // namespace cloudcart::order
