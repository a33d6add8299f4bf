// How the pipeline joins traces.
#include <gtest/gtest.h>

#include "http/request_span.h"
#include "support/pipeline_client.h"
#include "support/recorded_spans.h"

namespace cloudcart::http {
namespace {

using test::attribute_of;
using test::PipelineClient;
using test::TracedService;

constexpr auto trace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr auto sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr auto not_sampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
constexpr auto an_id = "01930c5e-7e6d-7abc-8def-000000000001";

/// Answers what use cases are told of the trace: traceparent and, of the span that they are part of, the context.
std::vector<Route> tell_of_the_trace() {
  std::vector<Route> routes;
  const auto tell = [](Request& request) -> Task<Result<Response>> {
    const auto* span = co_await current_span();
    co_return Response{.body = request.caller.traceparent + "|" +
                               (span ? to_traceparent(span->context()) + "|" + span->tracestate() : "")};
  };
  routes.push_back({Method::get, "/things/{id}", Access::anyone, tell});
  routes.push_back({Method::get, "/files/{path...}", Access::anyone, tell});
  routes.push_back({Method::get, "/internal", Access::service, tell});
  routes.push_back({Method::get, "/health", Access::anyone, tell, Priority::vital});
  routes.push_back({Method::get, "/broken", Access::anyone, [](Request&) -> Task<Result<Response>> {
                      throw std::runtime_error("a defect");
                      co_return Response{};
                    }});
  return routes;
}

class PipelineTracingTest : public testing::Test {
 protected:
  void make(SamplingOptions options) {
    service = std::make_unique<TracedService>(options);
    client = std::make_unique<PipelineClient>(
        tell_of_the_trace(),
        PipelineOptions{.service = "tested", .access_log = false, .tracer = &service->tracer});
  }
  static Headers headers(std::vector<Headers::Field> fields) {
    Headers made;
    for (auto& [name, value] : fields) made.add(name, std::move(value));
    return made;
  }
  static Headers from_gateway(std::string traceparent) {
    return headers({{"traceparent", std::move(traceparent)},
                    {std::string{gateway_token_header}, "service"},
                    {"X-Forwarded-For", "192.0.2.1"}});
  }
  std::string get(std::string target, Headers given = {}) {
    return sync_wait(
               client->send({.target = std::move(target), .headers = std::move(given)}, Deadline::max()))
        ->body;
  }
  std::vector<SpanRecord> spans() const { return service->spans.all(); }

  std::unique_ptr<TracedService> service;
  std::unique_ptr<PipelineClient> client;
};

TEST_F(PipelineTracingTest, ARequestIsASpan) {
  make({.ratio = 1});
  const auto told = get("/things/" + std::string{an_id} + "?email=ada@example.com",
                        headers({{"X-Request-Id", "01930c5e-7e6d-7abc-8def-000000000002"}}));
  ASSERT_EQ(spans().size(), 1U);
  const auto span = spans()[0];
  EXPECT_EQ(span.kind, SpanKind::server);
  EXPECT_EQ(span.name, "GET /things/{id}");
  EXPECT_EQ(span.parent, 0U);
  EXPECT_FALSE(span.has_failed);
  EXPECT_EQ(attribute_of(span, "http.request.method"), "GET");
  EXPECT_EQ(attribute_of(span, "http.route"), "/things/{id}");
  EXPECT_EQ(attribute_of(span, "url.path"), "/things/" + std::string{an_id});
  EXPECT_EQ(attribute_of(span, "url.scheme"), "http");
  EXPECT_EQ(attribute_of(span, "http.response.status_code"), "200");
  EXPECT_EQ(attribute_of(span, "cloudcart.request.id"), "01930c5e-7e6d-7abc-8def-000000000002");
  const auto own = to_traceparent(span.context);
  EXPECT_EQ(told, own + "|" + own + "|") << "events and calls carry it on";
}

TEST_F(PipelineTracingTest, WhatSomebodyTypedIsNotTold) {
  make({.ratio = 1});
  get("/things/ada@example.com", headers({{"X-Request-Id", "ada@example.com"}}));
  get("/files/of/ada@example.com/" + std::string{an_id});
  get("/ada@example.com");
  ASSERT_EQ(spans().size(), 3U);
  EXPECT_EQ(attribute_of(spans()[0], "url.path"), "/things/REDACTED");
  EXPECT_EQ(attribute_of(spans()[0], "cloudcart.request.id"), "");
  EXPECT_EQ(attribute_of(spans()[1], "url.path"), "/files/REDACTED/REDACTED/" + std::string{an_id});
  EXPECT_EQ(spans()[2].name, "GET");
  EXPECT_EQ(attribute_of(spans()[2], "url.path"), "");
}

TEST_F(PipelineTracingTest, FailuresOfOursAreFailures) {
  make({.ratio = 1});
  get("/broken");
  get("/nowhere");
  EXPECT_TRUE(spans().at(0).has_failed);
  EXPECT_EQ(attribute_of(spans()[0], "error.type"), "500");
  EXPECT_FALSE(spans().at(1).has_failed) << "that is the client's";
  EXPECT_EQ(attribute_of(spans()[1], "http.response.status_code"), "404");
}

TEST_F(PipelineTracingTest, WhoeverLooksWhetherTheProcessIsWellIsNotTraced) {
  make({.ratio = 1});
  EXPECT_EQ(get("/health", from_gateway(sampled)), "|");
  EXPECT_TRUE(spans().empty());
}

TEST_F(PipelineTracingTest, AGatewaysDecisionHolds) {
  make({.ratio = 0, .asked_per_second = 0});
  get("/things/1", from_gateway(sampled));
  ASSERT_EQ(spans().size(), 1U);
  EXPECT_EQ(to_text(spans()[0].context.trace), trace);
  EXPECT_EQ(to_text(spans()[0].parent), "00f067aa0ba902b7");
  make({.ratio = 1});
  const auto told = get("/things/1", from_gateway(not_sampled));
  EXPECT_TRUE(spans().empty());
  EXPECT_EQ(told.substr(0, 36), std::string{not_sampled}.substr(0, 36)) << "the trace goes on, not recorded";
  EXPECT_EQ(told[54], '0');
}

TEST_F(PipelineTracingTest, AServicesDecisionHolds) {
  make({.ratio = 0, .asked_per_second = 0});
  get("/internal", headers({{"traceparent", sampled}, {"Authorization", "Bearer service"}}));
  EXPECT_EQ(spans().size(), 1U);
}

TEST_F(PipelineTracingTest, AStrangerNamesTheTraceAndDoesNotDecide) {
  make({.ratio = 0, .asked_per_second = 0});
  const auto told = get("/things/1", headers({{"traceparent", sampled}}));
  EXPECT_TRUE(spans().empty());
  const auto context = parse_traceparent(told.substr(0, 55));
  ASSERT_TRUE(context);
  EXPECT_EQ(to_text(context->trace), trace);
  EXPECT_FALSE(context->sampled);
  EXPECT_NE(to_text(context->span), "00f067aa0ba902b7");
  make({.ratio = 0, .asked_per_second = 3});
  for (int i = 0; i < 100; ++i) get("/things/1", headers({{"traceparent", sampled}}));
  EXPECT_GE(spans().size(), 3U);
  EXPECT_LE(spans().size(), 50U) << "a few a second";
}

TEST_F(PipelineTracingTest, AForgedGatewayIsAStranger) {
  make({.ratio = 0, .asked_per_second = 0});
  auto given = from_gateway(sampled);
  given.set(std::string{gateway_token_header}, "customer:" + std::string{an_id});
  get("/things/1", std::move(given));
  get("/internal", headers({{"traceparent", sampled}, {"Authorization", "Bearer forged"}}));
  EXPECT_TRUE(spans().empty());
}

TEST_F(PipelineTracingTest, AnInvalidTraceparentBeginsANewTrace) {
  make({.ratio = 1});
  get("/things/1", headers({{"traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"},
                            {"tracestate", "a=1"}}));
  get("/things/1", headers({{"traceparent", sampled}, {"Traceparent", sampled}, {"tracestate", "a=1"}}));
  ASSERT_EQ(spans().size(), 2U);
  for (const auto& span : spans()) {
    EXPECT_NE(to_text(span.context.trace), trace);
    EXPECT_EQ(span.parent, 0U);
    EXPECT_EQ(span.tracestate, "");
  }
}

TEST_F(PipelineTracingTest, TracestateIsPassedOn) {
  make({.ratio = 1});
  const auto told =
      get("/things/1", headers({{"traceparent", sampled}, {"tracestate", "a=1"}, {"tracestate", "b=2"}}));
  EXPECT_TRUE(told.ends_with("|a=1,b=2")) << told;
  EXPECT_EQ(spans().at(0).tracestate, "a=1,b=2");
  get("/things/1", headers({{"traceparent", sampled}, {"tracestate", "not a list"}}));
  EXPECT_EQ(spans().at(1).tracestate, "");
}

TEST(UntracedPipeline, PassesTheTraceOnWithoutAStrangersWishToHaveItRecorded) {
  PipelineClient client(tell_of_the_trace());
  const auto get = [&](Headers headers) {
    return sync_wait(client.send({.target = "/things/1", .headers = std::move(headers)}, Deadline::max()))
        ->body;
  };
  EXPECT_EQ(get({}), "|");
  Headers headers;
  headers.set("traceparent", not_sampled);
  EXPECT_EQ(get(headers), std::string{not_sampled} + "|");
  headers.set("traceparent", sampled);
  const auto context = parse_traceparent(get(headers).substr(0, 55));
  ASSERT_TRUE(context);
  EXPECT_EQ(to_text(context->trace), trace);
  EXPECT_FALSE(context->sampled);
  EXPECT_NE(to_text(context->span), "00f067aa0ba902b7") << "as it must be where a flag was changed";
  headers.set(std::string{gateway_token_header}, "service");
  headers.set("X-Forwarded-For", "192.0.2.1");
  EXPECT_EQ(get(headers), std::string{sampled} + "|");
}

}  // namespace
}  // namespace cloudcart::http
