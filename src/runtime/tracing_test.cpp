#include "runtime/tracing.h"

#include <gtest/gtest.h>

#include "runtime/event_loop.h"
#include "support/recorded_spans.h"

namespace cloudcart {
namespace {

using test::RecordedSpans;
using test::TracedService;

const TraceContext asked{.trace = {1, 2}, .span = 3, .sampled = true};
const TraceContext not_asked{.trace = {1, 2}, .span = 3, .sampled = false};

Task<TraceContext> where_am_i() {
  const auto* span = co_await current_span();
  co_return span ? span->context() : TraceContext{};
}

Task<TraceContext> one_deeper() {
  co_return co_await where_am_i();
}

class TracingTest : public testing::Test, protected TracedService {
 protected:
  Span root(bool sampled = true) {
    return {tracer, &asked, sampled, SpanKind::server, "root", clock.monotonic_now()};
  }
};

TEST_F(TracingTest, ATaskIsPartOfNothingUnlessItIsTold) {
  EXPECT_FALSE(sync_wait(one_deeper()).is_valid());
  EXPECT_FALSE(sync_wait(within(Span{}, one_deeper())).is_valid());
}

TEST_F(TracingTest, TasksArePartOfWhatTheOneThatAwaitsThemIsPartOf) {
  const Span span = root();
  EXPECT_EQ(sync_wait(within(span, one_deeper())), span.context());
}

TEST_F(TracingTest, AnInnerSpanHoldsForWhatItIsAround) {
  const auto outer = []() -> Task<void> {
    const auto* before = co_await current_span();
    {
      const Span inner(before, SpanKind::internal, "inner");
      EXPECT_EQ(co_await within(inner, one_deeper()), inner.context());
    }
    EXPECT_EQ(co_await one_deeper(), before->context());
  };
  const Span span = root();
  sync_wait(within(span, outer()));
  ASSERT_EQ(spans.all().size(), 1U);
  EXPECT_EQ(spans.all()[0].parent, span.context().span);
}

TEST_F(TracingTest, ATaskThatGoesToAnotherThreadStaysPartOfIt) {
  EventLoop loop("test");
  loop.start();
  const auto travels = [&]() -> Task<TraceContext> {
    auto& home = *Executor::current();
    co_await resume_on(loop);
    const auto there = co_await one_deeper();
    co_await resume_on(home);
    co_return there;
  };
  {
    const Span span = root();
    EXPECT_EQ(sync_wait(within(span, travels())), span.context());
  }
  loop.stop();
}

TEST_F(TracingTest, TasksOfTwoRequestsOnOneThreadAreApart) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  const auto waits = []() -> Task<TraceContext> {
    for (int i = 0; i < 3; ++i) co_await let_others_go();
    co_return co_await one_deeper();
  };
  const Span first = root(), second = root();
  std::vector<TraceContext> seen;
  const auto note = [&](auto outcome) { seen.push_back(std::get<0>(outcome)); };
  start(within(first, waits()), note);
  start(within(second, waits()), note);
  start(waits(), note);
  executor.run_until([&] { return seen.size() == 3; });
  EXPECT_EQ(seen, (std::vector{first.context(), second.context(), TraceContext{}}));
}

TEST_F(TracingTest, ASpanIsRecordedWithWhatItWasToldWhenItEnds) {
  TraceContext own;
  {
    Span span = root();
    own = span.context();
    span.set_name("other");
    span.set("http.route", "/orders");
    span.set("http.response.status_code", 503);
    span.add_link(not_asked);
    span.set_tracestate("a=1");
    span.fail("503");
    EXPECT_TRUE(spans.all().empty());
  }
  const auto span = spans.all().at(0);
  EXPECT_EQ(span.context, own);
  EXPECT_EQ(span.context.trace, asked.trace);
  EXPECT_NE(span.context.span, asked.span);
  EXPECT_EQ(span.parent, asked.span);
  EXPECT_EQ(span.name, "other");
  EXPECT_EQ(span.service, "tested");
  EXPECT_EQ(span.kind, SpanKind::server);
  EXPECT_EQ(span.tracestate, "a=1");
  EXPECT_TRUE(span.has_failed);
  EXPECT_EQ(test::attribute_of(span, "http.route"), "/orders");
  EXPECT_EQ(test::attribute_of(span, "http.response.status_code"), "503");
  EXPECT_EQ(test::attribute_of(span, "error.type"), "503");
  EXPECT_EQ(span.links, std::vector{not_asked});
}

TEST_F(TracingTest, TimesAreThoseOfTheSystem) {
  const auto now = [] {
    return std::chrono::system_clock::now().time_since_epoch() / std::chrono::nanoseconds{1};
  };
  const auto before = now();
  {
    const Span span = root();
  }
  const auto span = spans.all().at(0);
  // The two clocks are read one after the other, and may be set meanwhile.
  constexpr std::int64_t tolerance = 60'000'000'000;
  EXPECT_GE(span.began_at, before - tolerance);
  EXPECT_LE(span.began_at, span.ended_at);
  EXPECT_LE(span.ended_at, now() + tolerance);
}

TEST_F(TracingTest, WhatIsNotRecordedTellsOthersSo) {
  {
    Span span = root(false);
    Span part(&span, SpanKind::client, "part");
    part.set("key", "value");
    EXPECT_EQ(part.context(), span.context());
    EXPECT_FALSE(part.context().sampled);
    EXPECT_EQ(part.context().trace, asked.trace);
  }
  EXPECT_TRUE(spans.all().empty());
}

TEST_F(TracingTest, APartMayBeOfAnotherService) {
  const Tracer other(tracing, "other");
  {
    const Span span = root();
    const Span part(&span, &other, SpanKind::internal, "part");
    const Span deeper(&part, SpanKind::internal, "deeper");
  }
  ASSERT_EQ(spans.all().size(), 3U);
  EXPECT_EQ(spans.all()[0].service, "other");
  EXPECT_EQ(spans.all()[1].service, "other");
  EXPECT_EQ(spans.all()[2].service, "tested");
}

TEST_F(TracingTest, LinksAreBounded) {
  {
    Span span = root();
    for (int i = 0; i < 1000; ++i) span.add_link(asked);
  }
  EXPECT_EQ(spans.all().at(0).links.size(), 128U);
}

TEST(Sampling, OfServicesTheFlagDecides) {
  Sampler none({.ratio = 0, .asked_per_second = 0}), all({.ratio = 1});
  const MonotonicTime now{};
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(none.samples(&asked, TraceCaller::service, now));
  EXPECT_FALSE(all.samples(&not_asked, TraceCaller::service, now));
  EXPECT_FALSE(all.samples(nullptr, TraceCaller::service, now)) << "a loop that asks again and again";
}

TEST(Sampling, OfStrangersTheRatioDecides) {
  Sampler none({.ratio = 0}), all({.ratio = 1}), some({.ratio = 0.1});
  const MonotonicTime now{};
  EXPECT_FALSE(none.samples(nullptr, TraceCaller::stranger, now));
  EXPECT_FALSE(none.samples(&not_asked, TraceCaller::stranger, now));
  EXPECT_TRUE(all.samples(nullptr, TraceCaller::stranger, now));
  EXPECT_TRUE(all.samples(&not_asked, TraceCaller::stranger, now));
  int sampled = 0;
  for (int i = 0; i < 100'000; ++i) sampled += some.samples(nullptr, TraceCaller::stranger, now);
  // 20 standard deviations.
  EXPECT_NEAR(sampled, 10'000, 1'900);
}

TEST(Sampling, StrangersWhoAskAreBounded) {
  Sampler sampler({.ratio = 0, .asked_per_second = 2});
  MonotonicTime now = MonotonicTime{} + seconds{1'000};
  const auto ask_often = [&] {
    int sampled = 0;
    for (int i = 0; i < 1'000; ++i) sampled += sampler.samples(&asked, TraceCaller::stranger, now);
    return sampled;
  };
  EXPECT_EQ(ask_often(), 2);
  now += milliseconds{500};
  EXPECT_EQ(ask_often(), 1);
  now += seconds{3600};
  EXPECT_EQ(ask_often(), 2) << "a quiet hour saves nothing up";
  Sampler never({.ratio = 0, .asked_per_second = 0});
  EXPECT_FALSE(never.samples(&asked, TraceCaller::stranger, now));
}

TEST(Sampling, NoTwoTracesAreTheSame) {
  TracedService service;
  const Span one(service.tracer, nullptr, true, SpanKind::server, "", service.clock.monotonic_now());
  const Span two(service.tracer, nullptr, true, SpanKind::server, "", service.clock.monotonic_now());
  EXPECT_NE(one.context().trace, two.context().trace);
  EXPECT_NE(one.context().span, two.context().span);
}

}  // namespace
}  // namespace cloudcart
