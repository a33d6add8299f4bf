#include "http/traced_client.h"

#include <gtest/gtest.h>

#include "http/balanced_client.h"
#include "support/recorded_spans.h"

namespace cloudcart::http {
namespace {

using test::attribute_of;
using test::TracedService;

/// Notes what it is asked, and answers by a script, the last of it again and again.
class ScriptedServer final : public Client {
 public:
  struct State {
    std::vector<Result<Response>> script;
    std::vector<ClientRequest> asked;
    milliseconds takes{0};
  };
  explicit ScriptedServer(State& state) : state_(state) {}
  Task<Result<Response>> send(ClientRequest request, Deadline) override {
    state_.asked.push_back(std::move(request));
    if (state_.takes > milliseconds{0}) co_await sleep_until(Executor::current()->now() + state_.takes);
    const auto next = std::min(state_.asked.size(), state_.script.size()) - 1;
    co_return state_.script[next];
  }

 private:
  State& state_;
};

class TracedClientTest : public testing::Test, protected TracedService {
 protected:
  std::unique_ptr<Client> client_to(ScriptedServer::State& state, const std::string& address) {
    return std::make_unique<TracedClient>(std::make_unique<ScriptedServer>(state), address);
  }
  Result<Response> send_within(const Span& span, Client& client, ClientRequest request) {
    Result<Response> answer;
    bool ended = false;
    start(within(span, client.send(std::move(request), Deadline::max())), [&](auto outcome) {
      answer = std::get<0>(std::move(outcome));
      ended = true;
    });
    executor.run_until([&] { return ended; });
    return answer;
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  ScriptedServer::State a{.script = {Response{}}}, b{.script = {Response{}}};
  const TraceContext parent{.trace = {1, 2}, .span = 3, .sampled = true};
};

TEST_F(TracedClientTest, ARequestIsASpanAndTheServerIsToldWhich) {
  const auto client = client_to(a, "http://order.example:3003");
  TraceContext own;
  {
    Span span(tracer, &parent, true, SpanKind::server, "", clock.monotonic_now());
    span.set_tracestate("a=1");
    own = span.context();
    const auto target = "/internal/orders/01930c5e-7e6d-7abc-8def-000000000001/close?after=secret";
    EXPECT_TRUE(send_within(span, *client, {.method = Method::post, .target = target}));
  }
  ASSERT_EQ(spans.all().size(), 2U);
  const auto sent = spans.all()[0];
  EXPECT_EQ(sent.kind, SpanKind::client);
  EXPECT_EQ(sent.parent, own.span);
  EXPECT_EQ(sent.context.trace, parent.trace);
  EXPECT_EQ(sent.name, "POST /internal/orders/{id}/close");
  EXPECT_EQ(attribute_of(sent, "http.request.method"), "POST");
  EXPECT_EQ(attribute_of(sent, "server.address"), "order.example");
  EXPECT_EQ(attribute_of(sent, "server.port"), "3003");
  EXPECT_EQ(attribute_of(sent, "url.full"), "http://order.example:3003/internal/orders/{id}/close");
  EXPECT_EQ(attribute_of(sent, "http.response.status_code"), "200");
  EXPECT_EQ(attribute_of(sent, "http.request.resend_count"), "");
  const auto& headers = a.asked.at(0).headers;
  EXPECT_EQ(headers.find("traceparent"), to_traceparent(sent.context));
  EXPECT_EQ(headers.find("tracestate"), "a=1");
}

TEST_F(TracedClientTest, AClientsPathIsToldAsTheRouteOnly) {
  const auto client = client_to(a, "http://order.example:3003");
  {
    const Span span(tracer, &parent, true, SpanKind::server, "", clock.monotonic_now());
    send_within(span, *client, {.target = "/api/orders/ada@example.com", .route = "/api/orders/{path...}"});
  }
  EXPECT_EQ(spans.all().at(0).name, "GET /api/orders/{path...}");
  EXPECT_EQ(attribute_of(spans.all()[0], "url.full"), "http://order.example:3003/api/orders/{path...}");
}

TEST_F(TracedClientTest, ErrorsAreTold) {
  a.script = {fail(ErrorCode::unavailable, "gone"), Response{.status = 409}};
  const auto client = client_to(a, "http://order.example:3003");
  {
    const Span span(tracer, &parent, true, SpanKind::server, "", clock.monotonic_now());
    EXPECT_FALSE(send_within(span, *client, {.target = "/x"}));
    EXPECT_TRUE(send_within(span, *client, {.target = "/x"}));
  }
  EXPECT_EQ(attribute_of(spans.all().at(0), "error.type"), "unavailable");
  EXPECT_EQ(attribute_of(spans.all().at(1), "error.type"), "409");
  EXPECT_TRUE(spans.all()[1].has_failed);
}

TEST_F(TracedClientTest, WhatIsNotRecordedIsToldOnAsSuch) {
  const auto client = client_to(a, "http://order.example:3003");
  const Span span(tracer, &parent, false, SpanKind::server, "", clock.monotonic_now());
  send_within(span, *client, {.target = "/x"});
  EXPECT_TRUE(spans.all().empty());
  EXPECT_EQ(a.asked.at(0).headers.find("traceparent"), to_traceparent(span.context()));
}

TEST_F(TracedClientTest, OutsideOfATraceARequestGoesAsItIs) {
  const auto client = client_to(a, "http://order.example:3003");
  const Span nothing;
  ClientRequest request{.target = "/x"};
  request.headers.set("traceparent", "of the client");
  send_within(nothing, *client, std::move(request));
  EXPECT_EQ(a.asked.at(0).headers.find("traceparent"), "of the client");
}

TEST_F(TracedClientTest, EachAttemptOfABalancedClientIsASpan) {
  a.script = {fail(ErrorCode::unavailable, "gone")};
  std::vector<Upstream> upstreams;
  upstreams.push_back({"a", client_to(a, "http://a:1")});
  upstreams.push_back({"b", client_to(b, "http://b:2")});
  BalancedClient client(std::move(upstreams));
  {
    const Span span(tracer, &parent, true, SpanKind::server, "", clock.monotonic_now());
    EXPECT_TRUE(send_within(span, client, {.target = "/x"}));
  }
  ASSERT_EQ(spans.all().size(), 3U);
  EXPECT_EQ(attribute_of(spans.all()[0], "server.address"), "a");
  EXPECT_EQ(attribute_of(spans.all()[0], "http.request.resend_count"), "");
  EXPECT_EQ(attribute_of(spans.all()[1], "server.address"), "b");
  EXPECT_EQ(attribute_of(spans.all()[1], "http.request.resend_count"), "1");
  EXPECT_EQ(spans.all()[0].parent, spans.all()[1].parent);
}

TEST_F(TracedClientTest, AHedgedRequestIsASpanOfEachServer) {
  a.takes = seconds{1};
  std::vector<Upstream> upstreams;
  upstreams.push_back({"a", client_to(a, "http://a:1")});
  upstreams.push_back({"b", client_to(b, "http://b:2")});
  BalancedClient client(std::move(upstreams), {.hedge_after = milliseconds{10}});
  {
    const Span span(tracer, &parent, true, SpanKind::server, "", clock.monotonic_now());
    EXPECT_TRUE(send_within(span, client, {.target = "/x", .may_hedge = true}));
  }
  ASSERT_EQ(spans.all().size(), 3U);
  EXPECT_EQ(attribute_of(spans.all()[0], "server.address"), "b");
  EXPECT_EQ(attribute_of(spans.all()[0], "http.request.resend_count"), "1");
  EXPECT_EQ(attribute_of(spans.all()[1], "server.address"), "a");
  EXPECT_EQ(spans.all()[0].parent, spans.all()[1].parent);
}

}  // namespace
}  // namespace cloudcart::http
