#include "events/event_spans.h"

#include <gtest/gtest.h>

#include "events/consumer.h"
#include "support/fake_event_log.h"
#include "support/recorded_spans.h"

namespace cloudcart::events {
namespace {

using test::attribute_of;
using test::TracedService;

const TraceContext first{.trace = {1, 2}, .span = 3, .sampled = true};
const TraceContext second{.trace = {4, 5}, .span = 6, .sampled = true};
const TraceContext silent{.trace = {7, 8}, .span = 9, .sampled = false};

class EventSpansTest : public testing::Test, protected TracedService {
 protected:
  OrderEvent event_of(std::string traceparent) const {
    OrderEvent event;
    event.event_id = EventId::parse("01930c5e-7e6d-7abc-8def-000000000001").value();
    event.type = "order.created";
    event.timestamp = clock.now();
    event.traceparent = std::move(traceparent);
    return event;
  }
};

TEST_F(EventSpansTest, AnEventAloneIsASpanOfItsTrace) {
  {
    EventSpans made({&tracer, "kafka", "shop."}, {SpanKind::consumer, "process", "analytics"}, 1);
    made.add(event_of(to_traceparent(first)));
    EXPECT_EQ(made.work().context().trace, first.trace);
  }
  ASSERT_EQ(spans.all().size(), 1U);
  const auto span = spans.all()[0];
  EXPECT_EQ(span.name, "process shop.order.created");
  EXPECT_EQ(span.kind, SpanKind::consumer);
  EXPECT_EQ(span.parent, first.span);
  EXPECT_TRUE(span.links.empty());
  EXPECT_EQ(attribute_of(span, "messaging.system"), "kafka");
  EXPECT_EQ(attribute_of(span, "messaging.operation.name"), "process");
  EXPECT_EQ(attribute_of(span, "messaging.operation.type"), "process");
  EXPECT_EQ(attribute_of(span, "messaging.destination.name"), "shop.order.created");
  EXPECT_EQ(attribute_of(span, "messaging.consumer.group.name"), "analytics");
  EXPECT_EQ(attribute_of(span, "messaging.message.id"), "01930c5e-7e6d-7abc-8def-000000000001");
  EXPECT_EQ(attribute_of(span, "messaging.batch.message_count"), "");
}

TEST_F(EventSpansTest, OfABatchEachIsASpanOfItsTraceAndTheBatchATraceWithLinks) {
  {
    EventSpans made({&tracer, "cloudcart"}, {SpanKind::consumer, "process", "stock"}, 4);
    for (const auto& traceparent :
         {to_traceparent(first), to_traceparent(silent), std::string{}, to_traceparent(second)})
      made.add(event_of(traceparent));
    made.fail(ErrorCode::unavailable);
  }
  ASSERT_EQ(spans.all().size(), 3U);
  std::vector<SpanRecord> events;
  SpanRecord batch;
  for (const auto& span : spans.all()) span.parent == 0 ? void(batch = span) : events.push_back(span);
  EXPECT_EQ(batch.name, "process");
  EXPECT_EQ(batch.links, (std::vector{first, second}));
  EXPECT_EQ(attribute_of(batch, "messaging.batch.message_count"), "4");
  EXPECT_TRUE(batch.has_failed);
  ASSERT_EQ(events.size(), 2U);
  for (const auto& span : events) {
    EXPECT_EQ(span.links, std::vector{batch.context});
    EXPECT_EQ(attribute_of(span, "error.type"), "unavailable");
    EXPECT_NE(span.context.trace, batch.context.trace);
  }
}

TEST_F(EventSpansTest, WhatIsNotRecordedOrHistoryIsNoSpan) {
  {
    EventSpans made({&tracer, "kafka"}, {SpanKind::consumer, "process", "stock"}, 2);
    made.add(event_of(to_traceparent(silent)));
    auto old = event_of(to_traceparent(first));
    old.timestamp -= std::chrono::hours{1};
    made.add(old);
    EXPECT_FALSE(made.work().context().is_valid());
    EventSpans untraced({}, {SpanKind::consumer, "process", "stock"}, 1);
    untraced.add(event_of(to_traceparent(first)));
    EXPECT_FALSE(untraced.work().context().is_valid());
  }
  EXPECT_TRUE(spans.all().empty());
}

/// Notes what it is part of.
class NotingConsumer final : public Consumer {
 public:
  Task<Result<std::int64_t>> position(Deadline) override { co_return position_; }
  Task<Status> apply(std::vector<LogRecord> records, Deadline) override {
    const auto* span = co_await current_span();
    part_of.push_back(span ? span->context() : TraceContext{});
    position_ = records.back().position;
    co_return Status{};
  }
  std::vector<TraceContext> part_of;

 private:
  std::int64_t position_ = 0;
};

TEST_F(EventSpansTest, AConsumerAppliesAnEventWithinItsSpan) {
  ManualExecutor executor(true);
  test::FakeEventLog log;
  NotingConsumer consumer;
  log.append(event_of(to_traceparent(first)));
  {
    const Executor::Scope scope(executor);
    BackgroundLoops loops;
    bool ended = false;
    loops.start("test", executor, [&](BackgroundLoops::StopFlag stop) -> Task<void> {
      co_await consume("stock", log, consumer, stop, {.tracing = {&tracer}});
      ended = true;
    });
    executor.run_until([&] { return !consumer.part_of.empty(); });
    loops.request_stop();
    executor.run_until([&] { return ended; });
  }
  ASSERT_EQ(spans.all().size(), 1U);
  EXPECT_EQ(consumer.part_of, std::vector{spans.all()[0].context});
  EXPECT_EQ(spans.all()[0].parent, first.span);
  EXPECT_EQ(attribute_of(spans.all()[0], "messaging.consumer.group.name"), "stock");
}

}  // namespace
}  // namespace cloudcart::events
