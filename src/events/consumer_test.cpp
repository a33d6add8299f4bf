#include "events/consumer.h"

#include <gtest/gtest.h>

#include "support/fake_event_log.h"

namespace cloudcart::events {
namespace {

/// Notes the size and the time of each batch.
class NotingConsumer final : public Consumer {
 public:
  struct Batch {
    std::size_t records;
    MonotonicTime at;
  };
  Task<Result<std::int64_t>> position(Deadline) override { co_return position_; }
  Task<Status> apply(std::vector<LogRecord> records, Deadline) override {
    batches.push_back({records.size(), Executor::current()->now()});
    applied += records.size();
    position_ = records.back().position;
    co_return Status{};
  }
  std::vector<Batch> batches;
  std::size_t applied = 0;

 private:
  std::int64_t position_ = 0;
};

/// On a virtual clock, so that times are exact.
class ConsumeTest : public testing::Test {
 protected:
  ManualExecutor executor{true};
  test::FakeEventLog log;
  NotingConsumer consumer;
  BackgroundLoops loops;
  bool ended = false;

  void run(std::size_t records, ConsumerOptions options = {}) {
    loops.start("test", executor, [this, options](BackgroundLoops::StopFlag stop) -> Task<void> {
      co_await consume("test", log, consumer, stop, options);
      ended = true;
    });
    executor.run_until([&] { return consumer.applied == records; });
  }
  ~ConsumeTest() override {
    const Executor::Scope scope(executor);
    loops.request_stop();
    executor.run_until([&] { return ended; });
  }
  Task<void> append_later(int count, milliseconds apart) {
    for (int i = 0; i < count; ++i) {
      co_await sleep_until(executor.now() + apart);
      log.append({});
    }
  }
  void append_in_background(int count, milliseconds apart) {
    const Executor::Scope scope(executor);
    start(append_later(count, apart), [](auto) {});
  }
};

TEST_F(ConsumeTest, ABacklogIsAppliedInFullBatchesWithoutAPause) {
  for (int i = 0; i < 25; ++i) log.append({});
  const auto before = executor.now();
  run(25, {.batch = 10});
  ASSERT_EQ(consumer.batches.size(), 3U);
  EXPECT_EQ(consumer.batches[2].records, 5U);
  EXPECT_EQ(consumer.batches[2].at, before);
}

TEST_F(ConsumeTest, AfterAQuietMomentARecordIsAppliedAtOnce) {
  append_in_background(3, milliseconds{300});
  const auto before = executor.now();
  run(3);
  ASSERT_EQ(consumer.batches.size(), 3U);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(consumer.batches[static_cast<std::size_t>(i)].at - before, milliseconds{300} * (i + 1));
}

TEST_F(ConsumeTest, InABusyMomentRecordsComeTogether) {
  append_in_background(100, milliseconds{1});
  run(100, {.pace = milliseconds{20}});
  EXPECT_LE(consumer.batches.size(), 7U);
  EXPECT_EQ(consumer.batches[0].records, 1U);
  for (std::size_t i = 1; i < consumer.batches.size(); ++i)
    EXPECT_GE(consumer.batches[i].at - consumer.batches[i - 1].at, milliseconds{20});
}

TEST_F(ConsumeTest, AnErrorIsRetriedAndNoRecordIsSkipped) {
  log.fail_reads(3);
  for (int i = 0; i < 5; ++i) log.append({});
  run(5);
  EXPECT_EQ(consumer.batches.size(), 1U);
}

}  // namespace
}  // namespace cloudcart::events
