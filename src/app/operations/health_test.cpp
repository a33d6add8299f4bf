#include "app/operations/health.h"

#include <gmock/gmock.h>

#include "core/json_reader.h"
#include "http/problem.h"
#include "runtime/executor.h"

namespace cloudcart::app {
namespace {

/// A service elsewhere that takes its time.
class SlowService final : public http::Client {
 public:
  explicit SlowService(std::string body) : answer(http::json_response(200, std::move(body))) {}
  Task<Result<http::Response>> send(http::ClientRequest request, Deadline deadline) override {
    EXPECT_EQ(request.target, "/health");
    ++asked;
    const auto ends = Executor::current()->now() + takes;
    co_await sleep_until(std::min(ends, deadline));
    if (ends > deadline) co_return fail(ErrorCode::unavailable, "too late");
    co_return answer;
  }
  int asked = 0;
  milliseconds takes{100};
  Result<http::Response> answer;
};

/// The time of an executor.
class ExecutorClock final : public Clock {
 public:
  explicit ExecutorClock(const Executor& executor) : executor_(executor) {}
  Timestamp now() const override { return {}; }
  MonotonicTime monotonic_now() const override { return executor_.now(); }

 private:
  const Executor& executor_;
};

constexpr auto* well =
    R"({"success":true,"data":{"status":"ok","service":"order","version":"9.9","uptime_seconds":86.5,)"
    R"("dependencies":{"order_database":{"status":"ok"}}}})";

class HealthTest : public testing::Test {
 protected:
  boost::json::value ask() {
    std::optional<std::string> json;
    start(health.describe(), [&](auto outcome) { json = std::get<0>(std::move(outcome)).str(); });
    executor.run_until([&] { return json.has_value(); });
    return parse_json(*json).value();
  }
  static std::string text(const boost::json::value& json, std::string_view pointer) {
    return std::string{json.at_pointer(pointer).as_string()};
  }
  void pass(milliseconds time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  ExecutorClock clock{executor};
  SlowService orders{well}, products{well};
  bool database_well = true;
  Health health{{.service = "gateway",
                 .started_at = executor.now(),
                 .dependencies = {},
                 .services = {{"user", {nullptr, {{"user_database", [this] { return database_well; }}}}},
                              {"order", {&orders, {}}},
                              {"product", {&products, {}}}},
                 .ready = [] { return true; }},
                clock};
};

TEST_F(HealthTest, AServiceElsewhereSaysItselfHowItIs) {
  const auto answer = ask();
  EXPECT_EQ(text(answer, "/status"), "ok");
  EXPECT_EQ(boost::json::serialize(answer.at_pointer("/services/order")),
            R"({"status":"ok","latency_ms":100,"uptime_seconds":8.65E1,"version":"9.9",)"
            R"("dependencies":{"order_database":{"status":"ok"}}})");
}

TEST_F(HealthTest, AServiceInThisProcessHasItsOwnProbes) {
  EXPECT_EQ(text(ask(), "/services/user/dependencies/user_database/status"), "ok");
  database_well = false;
  const auto answer = ask();
  EXPECT_EQ(text(answer, "/status"), "degraded");
  EXPECT_EQ(text(answer, "/services/user/status"), "degraded");
  EXPECT_EQ(text(answer, "/services/user/dependencies/user_database/status"), "down");
  EXPECT_TRUE(answer.at_pointer("/services/user").as_object().contains("latency_ms"));
}

TEST_F(HealthTest, ADependencyThatIsDownElsewhereShows) {
  orders.answer = http::json_response(
      200, R"({"data":{"status":"degraded","dependencies":{"order_database":{"status":"down"}}}})");
  const auto answer = ask();
  EXPECT_EQ(text(answer, "/status"), "degraded");
  EXPECT_EQ(text(answer, "/services/order/status"), "degraded");
  EXPECT_EQ(text(answer, "/services/order/dependencies/order_database/status"), "down");
}

TEST_F(HealthTest, WhoDoesNotAnswerOrAnswersSomethingElseIsDownAndNothingMore) {
  orders.takes = seconds{60};
  for (auto other :
       {http::json_response(200, "[]"), http::json_response(200, R"({"data":{"status":"fine"}})"),
        http::json_response(200, R"({"data":{"status":"ok","dependencies":{"x":{"status":1}}}})"),
        http::problem_response({ErrorCode::unavailable, "no", {}}, "")}) {
    products.answer = std::move(other);
    pass(seconds{1});
    const auto answer = ask();
    EXPECT_EQ(text(answer, "/status"), "degraded");
    for (const auto* name : {"/services/order", "/services/product"})
      EXPECT_EQ(boost::json::serialize(answer.at_pointer(name)), R"({"status":"down"})");
  }
}

TEST_F(HealthTest, ServicesAreAskedAtTheSameTime) {
  orders.takes = products.takes = milliseconds{1500};
  const auto began = executor.now();
  ask();
  EXPECT_EQ(executor.now() - began, milliseconds{1500});
}

TEST_F(HealthTest, HoweverManyAskThereIsOneRoundASecond) {
  int answered = 0;
  for (int i = 0; i < 50; ++i) start(health.describe(), [&](auto) { ++answered; });
  executor.run_until([&] { return answered == 50; });
  pass(milliseconds{900});
  ask();
  EXPECT_EQ(orders.asked, 1);
  EXPECT_EQ(products.asked, 1);
  pass(milliseconds{200});
  ask();
  EXPECT_EQ(orders.asked, 2);
}

}  // namespace
}  // namespace cloudcart::app
