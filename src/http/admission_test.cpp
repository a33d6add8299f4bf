#include "http/admission.h"

#include <gtest/gtest.h>

#include "http/pipeline.h"
#include "runtime/metrics.h"
#include "runtime/notifier.h"
#include "support/http_client.h"

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;

/// A pipeline on a loop of its own, on virtual time, with requests that take until they are let go.
class AdmissionTest : public testing::Test {
 protected:
  static constexpr std::size_t most = 2;

  AdmissionTest() {
    AdmissionLines::Options lines;
    lines.fill({.most_under_way = most, .most_waiting = 3});
    admission.emplace(lines, std::vector<Executor*>{&executor}, metrics);
    Router router;
    const auto slow = [this](Request&) -> Task<Result<Response>> {
      ++begun;
      co_await let_go.wait(0, MonotonicTime::max());
      co_return message_response(200, "done");
    };
    const auto quick = [](Request&) -> Task<Result<Response>> { co_return message_response(200, "well"); };
    router.add({Method::get, "/report", Access::anyone, slow, Priority::analytics});
    router.add({Method::post, "/order", Access::anyone, quick, Priority::checkout});
    router.add({Method::get, "/health", Access::anyone, quick, Priority::vital});
    pipeline.emplace(std::move(router), authenticator, clock, ids, metrics,
                     PipelineOptions{.service = "test", .access_log = false, .admission = &*admission});
  }

  struct VirtualClock final : Clock {
    explicit VirtualClock(Executor& e) : executor(e) {}
    Timestamp now() const override { return Timestamp{}; }
    MonotonicTime monotonic_now() const override { return executor.now(); }
    Executor& executor;
  };

  /// Sends it and goes on; the answer is in the slot once it is there.
  std::shared_ptr<std::optional<Response>> send(Method method, std::string target, std::string limit = {},
                                                bool as_service = false) {
    Request request{.method = method, .target = std::move(target), .received_at = executor.now()};
    if (!limit.empty()) request.headers.set("X-Request-Timeout-Ms", limit);
    if (as_service) request.headers.set("Authorization", "Bearer service");
    auto answer = std::make_shared<std::optional<Response>>();
    start(pipeline->handle(std::move(request)),
          [answer](auto outcome) { *answer = std::get<0>(std::move(outcome)); });
    return answer;
  }
  void pass(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }
  int status(const std::shared_ptr<std::optional<Response>>& answer) {
    return *answer ? (*answer)->status : 0;
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  VirtualClock clock{executor};
  SystemClock system_clock;
  SystemIdGenerator ids{system_clock};
  Metrics metrics;
  test::FakeAuthenticator authenticator;
  Notifier let_go;
  int begun = 0;
  std::optional<Admission> admission;
  std::optional<Pipeline> pipeline;
};

TEST_F(AdmissionTest, ReportsThatHangCostOrdersAndHealthNothing) {
  std::vector<std::shared_ptr<std::optional<Response>>> reports;
  for (int i = 0; i < 5; ++i) reports.push_back(send(Method::get, "/report"));
  pass(1ms);
  EXPECT_EQ(begun, 2);
  const auto refused = send(Method::get, "/report");
  EXPECT_EQ(status(refused), 503);
  EXPECT_TRUE((*refused)->headers.find("Retry-After"));
  EXPECT_NE((*refused)->body.find("\"overloaded\""), std::string::npos);
  const auto order = send(Method::post, "/order");
  EXPECT_EQ(status(order), 0) << "takes its place by priority, as others wait";
  EXPECT_EQ(status(send(Method::get, "/health")), 200);
  pass(1ms);
  EXPECT_EQ(status(order), 200);

  pass(300ms);
  for (int i = 2; i < 5; ++i) EXPECT_EQ(status(reports[static_cast<std::size_t>(i)]), 503) << i;
  let_go.notify_all();
  pass(500ms);
  EXPECT_EQ(status(reports[0]), 200);
  EXPECT_EQ(status(reports[1]), 200);
  const auto after = send(Method::get, "/report");
  pass(1ms);
  EXPECT_EQ(status(after), 200);
}

TEST_F(AdmissionTest, MetricsTellWhatWasRefusedAndWhy) {
  for (int i = 0; i < 6; ++i) send(Method::get, "/report");
  send(Method::post, "/order");
  pass(1ms);
  const auto text = metrics.text();
  const auto has = [&](std::string_view line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(has(R"(cloudcart_admission_requests_total{outcome="admitted",priority="analytics"} 2)"))
      << text;
  EXPECT_TRUE(has(R"(cloudcart_admission_requests_total{outcome="no_room",priority="analytics"} 1)")) << text;
  EXPECT_TRUE(has(R"(cloudcart_admission_waiting{priority="analytics"} 3)")) << text;
  EXPECT_TRUE(has(R"(cloudcart_admission_under_way{priority="analytics"} 2)")) << text;
  EXPECT_TRUE(has(R"(cloudcart_admission_queue_seconds_count{priority="checkout"} 1)")) << text;
  let_go.notify_all();
  pass(1s);
}

TEST_F(AdmissionTest, ATimeLimitCanBeShortenedAndNotStretched) {
  send(Method::get, "/report");
  send(Method::get, "/report");
  const auto short_of_time = send(Method::get, "/report", "40", true);
  const auto stranger = send(Method::get, "/report", "40");
  const auto patient = send(Method::get, "/report", "99999999999");
  pass(60ms);
  EXPECT_EQ(status(short_of_time), 503);
  EXPECT_NE((*short_of_time)->body.find("deadline_exceeded"), std::string::npos);
  EXPECT_EQ(begun, 2) << "its work was not begun";
  EXPECT_EQ(status(stranger), 0) << "who could make others look as if they failed has a second";
  EXPECT_EQ(status(patient), 0);
  pass(1s);
  EXPECT_EQ(status(stranger), 503);
  const auto at_once = send(Method::post, "/order", "0", true);
  pass(1ms);
  EXPECT_EQ(status(at_once), 200) << "in the same moment";
  let_go.notify_all();
  pass(1s);
}

}  // namespace
}  // namespace cloudcart::http
