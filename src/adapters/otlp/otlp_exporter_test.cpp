#include "adapters/otlp/otlp_exporter.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace cloudcart::otlp {
namespace {

using namespace std::chrono_literals;

/// Answers by a script, the last of it again and again; 0 is no answer.
class FakeCollector final : public http::OutsideClient {
 public:
  struct Call {
    MonotonicTime at, limit;
    http::WebUrl url;
    http::Headers headers;
    std::string body;
  };
  Task<Result<http::OutsideAnswer>> post(http::WebUrl url, http::Headers headers, std::string body,
                                         Deadline deadline) override {
    calls.push_back(
        {Executor::current()->now(), deadline, std::move(url), std::move(headers), std::move(body)});
    const auto answer = script[std::min(calls.size(), script.size()) - 1];
    if (hangs) co_await sleep_until(deadline);
    if (hangs || answer.status == 0) co_return fail(ErrorCode::unavailable, "no answer in time");
    co_return answer;
  }
  void stop() override {}

  std::vector<http::OutsideAnswer> script{{.status = 200}};
  bool hangs = false;
  std::vector<Call> calls;
};

/// On virtual time.
class OtlpExporterTest : public testing::Test {
 protected:
  ~OtlpExporterTest() override { stop(0ms); }

  void make(ExporterOptions options = {}) {
    options.url = http::parse_web_url("http://collector:4318/v1/traces").value();
    options.headers.set("Authorization", "Bearer key");
    exporter = std::make_unique<OtlpExporter>(std::move(options), collector, metrics);
    running = true;
    loops.start("traces", executor, [this](BackgroundLoops::StopFlag stop) -> Task<void> {
      co_await exporter->run(stop);
      running = false;
    });
  }
  void record(int count) {
    for (int i = 0; i < count; ++i)
      exporter->record({.service = "tested", .context = {.trace = {1, 2}, .span = 3, .sampled = true}});
  }
  void pass(milliseconds time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }
  void stop(milliseconds limit) {
    if (!running) return;
    exporter->end_by(executor.now() + limit);
    loops.request_stop();
    executor.run_until([&] { return !running; });
  }
  std::string metric(const std::string& name) const {
    const auto text = metrics.text();
    const auto at = text.find("\n" + name + " ");
    return at == std::string::npos
               ? ""
               : text.substr(at + name.size() + 2, text.find('\n', at + 1) - at - name.size() - 2);
  }
  std::string exported() const { return metric("cloudcart_tracing_spans_exported_total"); }
  std::string dropped(const std::string& reason) const {
    return metric("cloudcart_tracing_spans_dropped_total{reason=\"" + reason + "\"}");
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  Metrics metrics;
  FakeCollector collector;
  std::unique_ptr<OtlpExporter> exporter;
  BackgroundLoops loops;
  bool running = false;
};

TEST_F(OtlpExporterTest, SendsWhatIsRecordedOnceASecond) {
  make();
  pass(5s);
  EXPECT_TRUE(collector.calls.empty()) << "nothing to send";
  record(3);
  pass(2s);
  ASSERT_EQ(collector.calls.size(), 1U);
  const auto& call = collector.calls[0];
  EXPECT_EQ(call.url.target, "/v1/traces");
  EXPECT_EQ(call.headers.find("Content-Type"), "application/x-protobuf");
  EXPECT_EQ(call.headers.find("Content-Encoding"), "gzip");
  EXPECT_EQ(call.headers.find("Authorization"), "Bearer key");
  EXPECT_TRUE(call.body.starts_with("\x1F\x8B"));
  EXPECT_EQ(exported(), "3");
}

TEST_F(OtlpExporterTest, SendsInBatches) {
  make({.batch = 10});
  record(25);
  pass(2s);
  EXPECT_EQ(collector.calls.size(), 3U);
  EXPECT_EQ(exported(), "25");
}

TEST_F(OtlpExporterTest, WhatThereIsNoRoomForIsDroppedAndCounted) {
  make({.queue = 10});
  record(25);
  EXPECT_EQ(dropped("queue_full"), "15");
  pass(2s);
  EXPECT_EQ(exported(), "10");
}

TEST_F(OtlpExporterTest, TriesAgainWhatMayBeTriedAgain) {
  for (const int status : {0, 429, 502, 503, 504}) {
    SCOPED_TRACE(status);
    collector.calls.clear();
    collector.script = {{.status = status}, {.status = status}, {.status = 200}};
    if (!exporter) make();
    record(1);
    pass(10s);
    ASSERT_EQ(collector.calls.size(), 3U);
    EXPECT_EQ(collector.calls[0].body, collector.calls[2].body);
    EXPECT_GE(collector.calls[1].at - collector.calls[0].at, 500ms);
    EXPECT_LE(collector.calls[1].at - collector.calls[0].at, 1s);
    EXPECT_GE(collector.calls[2].at - collector.calls[1].at, 1s);
  }
  EXPECT_EQ(exported(), "5");
}

TEST_F(OtlpExporterTest, GivesABatchUpAfterSomeAttempts) {
  collector.script = {{.status = 0}};
  make({.attempts = 3});
  record(7);
  pass(60s);
  EXPECT_EQ(collector.calls.size(), 3U);
  EXPECT_EQ(dropped("unreachable"), "7");
  collector.script = {{.status = 200}};
  record(2);
  pass(2s);
  EXPECT_EQ(exported(), "2") << "and goes on";
}

TEST_F(OtlpExporterTest, KeepsToRetryAfter) {
  collector.script = {{.status = 429, .retry_after = "20"}, {.status = 200}};
  make();
  record(1);
  pass(30s);
  ASSERT_EQ(collector.calls.size(), 2U);
  EXPECT_GE(collector.calls[1].at - collector.calls[0].at, 20s);
}

TEST_F(OtlpExporterTest, RetryAfterIsBoundedAndMayBeNonsense) {
  collector.script = {
      {.status = 503, .retry_after = "4000000000"}, {.status = 503, .retry_after = "soon"}, {.status = 200}};
  make();
  record(1);
  pass(90s);
  ASSERT_EQ(collector.calls.size(), 3U);
  EXPECT_LE(collector.calls[1].at - collector.calls[0].at, 60s);
  EXPECT_LE(collector.calls[2].at - collector.calls[1].at, 2s);
}

TEST_F(OtlpExporterTest, WhatIsRefusedIsNotSentAgain) {
  for (const int status : {400, 401, 404, 500}) {
    collector.script = {{.status = status}};
    if (!exporter) make();
    record(1);
    pass(10s);
  }
  EXPECT_EQ(collector.calls.size(), 4U);
  EXPECT_EQ(dropped("refused"), "4");
}

TEST_F(OtlpExporterTest, WhileItTriesAgainWhatIsRecordedWaitsInTheQueue) {
  collector.script = {{.status = 503, .retry_after = "30"}, {.status = 200}};
  make({.queue = 10});
  record(1);
  pass(5s);
  record(20);
  EXPECT_EQ(dropped("queue_full"), "10");
  pass(60s);
  EXPECT_EQ(exported(), "11");
}

TEST_F(OtlpExporterTest, AStopSendsWhatIsLeft) {
  make({.batch = 10});
  record(25);
  stop(2s);
  EXPECT_EQ(collector.calls.size(), 3U);
  EXPECT_EQ(exported(), "25");
}

TEST_F(OtlpExporterTest, AStopEndsAPauseAndTriesOnceMore) {
  collector.script = {{.status = 503, .retry_after = "50"}, {.status = 200}};
  make();
  record(1);
  pass(3s);
  const auto before = executor.now();
  stop(2s);
  EXPECT_EQ(executor.now(), before);
  EXPECT_EQ(exported(), "1");
}

TEST_F(OtlpExporterTest, AStopWaitsNoLongerThanItsLimitForACollectorThatHangs) {
  collector.hangs = true;
  make({.batch = 10});
  record(25);
  const auto before = executor.now();
  stop(2s);
  EXPECT_EQ(executor.now() - before, 2s);
  EXPECT_EQ(dropped("shutdown"), "25");
}

TEST_F(OtlpExporterTest, AStopWithoutTimeDropsWhatIsLeft) {
  make();
  record(4);
  stop(0ms);
  EXPECT_TRUE(collector.calls.empty());
  EXPECT_EQ(dropped("shutdown"), "4");
}

}  // namespace
}  // namespace cloudcart::otlp
