#pragma once

#include <unistd.h>

#include "adapters/kafka/client/producer.h"
#include "adapters/kafka/client/topics.h"
#include "adapters/kafka/events/kafka_event_log.h"
#include "adapters/kafka/events/kafka_publisher.h"
#include "adapters/kafka/events/topic_names.h"
#include "core/id_generator.h"
#include "events/relay.h"
#include "support/engines.h"

namespace cloudcart::events {

/// Topics of names that nobody else has, which go with it.
class FreshTopics {
 public:
  explicit FreshTopics(kafka::Brokers brokers = test::kafka_address()) : brokers_(std::move(brokers)) {
    SystemClock clock;
    prefix_ = "test-" + SystemIdGenerator{clock}.next().to_string() + ".";
  }
  ~FreshTopics() { remove(); }
  FreshTopics(const FreshTopics&) = delete;
  FreshTopics& operator=(const FreshTopics&) = delete;

  const std::string& prefix() const { return prefix_; }
  const kafka::Brokers& brokers() const { return brokers_; }
  kafka::PublisherOptions publisher(int partitions = 6) const {
    return {.brokers = brokers_, .topic_prefix = prefix_, .partitions = partitions};
  }
  kafka::EventLogOptions log() const { return {.brokers = brokers_, .topic_prefix = prefix_}; }
  void remove() const {
    try {
      auto names = kafka::order_topics_of(prefix_);
      names.push_back(kafka::dead_letters_of(prefix_));
      kafka::Producer producer(brokers_);
      kafka::delete_topics(producer.client(), names, seconds{10});
    } catch (const kafka::Failure&) {
      // A server that the test has stopped keeps them.
    }
  }

 private:
  const kafka::Brokers brokers_;
  std::string prefix_;
};

/// A relay at work on a thread of its own, until the end of the scope.
class RunningRelay {
 public:
  RunningRelay(EventLog& log, RelayProgress& progress, Publisher& publisher, RelayOptions options = {},
               std::string holder = "test")
      : relay(log, progress, publisher, std::move(holder), options) {
    loop_.start();
    loops_.start("relay", loop_, [this](BackgroundLoops::StopFlag stop) { return relay.run(stop); });
  }
  ~RunningRelay() {
    loops_.request_stop();
    loops_.join();
    loop_.stop();
  }

  Relay relay;

 private:
  EventLoop loop_{"test-relay"};
  BackgroundLoops loops_;
};

/// The published log, which knows where the source ends and waits for the relay before it answers: for tests that read what
/// they have just written.
class SettledLog final : public EventLog {
 public:
  SettledLog(EventLog& source, EventLog& published) : source_(source), published_(published) {}

  Task<Result<std::vector<LogRecord>>> read(std::int64_t after, std::size_t limit,
                                            Deadline deadline) override {
    CLOUDCART_CO_TRY(const auto end, co_await source_.end_position(deadline));
    std::vector<LogRecord> all;
    const auto position = [&] { return all.empty() ? after : all.back().position; };
    while (all.size() < limit && position() < end) {
      const auto from = position();
      co_await published_.wait_beyond(from, Executor::current()->now() + seconds{60});
      CLOUDCART_CO_TRY(auto some, co_await published_.read(from, limit - all.size(), deadline));
      if (some.empty()) co_return fail(ErrorCode::unavailable, "The relay did not publish in time.");
      std::ranges::move(some, std::back_inserter(all));
    }
    co_return all;
  }
  Task<Result<std::int64_t>> end_position(Deadline deadline) override {
    CLOUDCART_CO_TRY(const auto end, co_await source_.end_position(deadline));
    for (const auto limit = Executor::current()->now() + seconds{60};;) {
      const auto published = co_await published_.end_position(deadline);
      if ((published && *published >= end) || Executor::current()->now() > limit) co_return published;
      co_await sleep_until(Executor::current()->now() + milliseconds{5});
    }
  }
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override {
    // What has been answered is on its way.
    CLOUDCART_CO_CHECK(co_await end_position(deadline));
    co_return co_await published_.count_beyond(after, deadline);
  }
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override {
    return published_.wait_beyond(after, until);
  }

 private:
  EventLog& source_;
  EventLog& published_;
};

}  // namespace cloudcart::events
