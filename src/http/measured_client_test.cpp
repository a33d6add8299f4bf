#include "http/measured_client.h"

#include <gtest/gtest.h>

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;

/// Answers what it is told, after so long.
class ToldClient final : public Client {
 public:
  struct State {
    Result<int> answer = 200;
    milliseconds takes{0};
  };
  explicit ToldClient(const State& state) : state_(state) {}
  Task<Result<Response>> send(ClientRequest, Deadline) override {
    co_await sleep_until(Executor::current()->now() + state_.takes);
    if (!state_.answer) co_return std::unexpected(state_.answer.error());
    co_return Response{.status = *state_.answer};
  }

 private:
  const State& state_;
};

class MeasuredClientTest : public testing::Test {
 protected:
  void ask(Result<int> answer) {
    state.answer = std::move(answer);
    bool answered = false;
    start(client.send({.target = "/"}, MonotonicTime::max()), [&](auto) { answered = true; });
    executor.run_until([&] { return answered; });
  }
  void ask(ErrorCode code) { ask(Result<int>{fail(code, "told to fail")}); }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  Metrics metrics;
  ToldClient::State state;
  MeasuredClient client{std::make_unique<ToldClient>(state), metrics, "order"};
};

TEST_F(MeasuredClientTest, CountsByOutcome) {
  for (const int status : {200, 404, 429, 500, 503}) ask(status);
  for (const auto code : {ErrorCode::unavailable, ErrorCode::overloaded, ErrorCode::deadline_exceeded,
                          ErrorCode::outcome_unknown})
    ask(code);
  const auto text = metrics.text();
  const auto counts = [&](const std::string& outcome, const std::string& count) {
    return text.contains("cloudcart_upstream_requests_total{outcome=\"" + outcome +
                         "\",upstream=\"order\"} " + count + "\n");
  };
  EXPECT_TRUE(counts("answered", "3")) << text;
  EXPECT_TRUE(counts("server_error", "2")) << text;
  EXPECT_TRUE(counts("unavailable", "1")) << text;
  EXPECT_TRUE(counts("overloaded", "1")) << text;
  EXPECT_TRUE(counts("deadline_exceeded", "1")) << text;
  EXPECT_TRUE(counts("outcome_unknown", "1")) << text;
}

TEST_F(MeasuredClientTest, TellsHowLongAnswersTook) {
  state.takes = 300ms;
  ask(200);
  const auto text = metrics.text();
  const std::string name = "cloudcart_upstream_request_duration_seconds";
  EXPECT_TRUE(text.contains(name + R"(_bucket{upstream="order",le="0.25"} 0)")) << text;
  EXPECT_TRUE(text.contains(name + R"(_bucket{upstream="order",le="0.5"} 1)")) << text;
}

}  // namespace
}  // namespace cloudcart::http
