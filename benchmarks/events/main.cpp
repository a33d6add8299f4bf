// Events through Kafka: how many a relay publishes and a reader reads in a second, and how long one takes from being in the log
// to being read. Prints Markdown. benchmarks/README.md says how it is called.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "adapters/kafka/client/producer.h"
#include "adapters/kafka/client/topics.h"
#include "adapters/kafka/events/kafka_event_log.h"
#include "adapters/kafka/events/kafka_publisher.h"
#include "adapters/kafka/events/topic_names.h"
#include "adapters/memory/order/memory_relay_progress.h"
#include "events/relay.h"
#include "support/fake_event_log.h"
#include "support/sample_orders.h"

namespace cloudcart::events {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto no_deadline = Deadline::max();

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Bench {
 public:
  Bench(std::string brokers, int events)
      : brokers_(std::move(brokers)),
        prefix_("bench-" + std::to_string(std::random_device{}()) + "."),
        events_(events) {}
  ~Bench() {
    auto names = kafka::order_topics_of(prefix_);
    names.push_back(kafka::dead_letters_of(prefix_));
    kafka::Producer producer(brokers_);
    kafka::delete_topics(producer.client(), names, seconds{30});
  }

  void run() {
    for (int i = 0; i < events_; ++i) append();
    loop_.start();
    auto began = Clock::now();
    loops_.start("relay", loop_, [this](BackgroundLoops::StopFlag stop) { return relay_.run(stop); });
    while (position() < end()) std::this_thread::sleep_for(milliseconds{5});
    std::printf("| events | published /s | read /s |\n|---|---|---|\n| %d | %.0f |", events_,
                events_ / seconds_since(began));

    kafka::KafkaEventLog log({.brokers = brokers_, .topic_prefix = prefix_});
    began = Clock::now();
    std::int64_t after = 0;
    while (after < end()) after = read(log, after);
    std::printf(" %.0f |\n\n", events_ / seconds_since(began));
    measure_latency(log, after);
    loops_.request_stop();
    loops_.join();
    loop_.stop();
  }

 private:
  void append() {
    auto event = order::sample::event(order::sample::order(++appended_ % 60'000));
    for (auto& byte : event.order_id.value.bytes) byte = static_cast<std::uint8_t>(random_());
    event.type = std::string{order_topics[random_() % order_topics.size()]};
    source_.append(std::move(event));
  }
  std::int64_t end() { return sync_wait(source_.end_position(no_deadline)).value(); }
  std::int64_t position() {
    return sync_wait(progress_.hold("observer", milliseconds{0}, no_deadline))->state.position;
  }
  static std::int64_t read(EventLog& log, std::int64_t after) {
    const auto records = sync_wait(log.read(after, 1'000, Clock::now() + seconds{30}));
    if (!records) {
      std::fprintf(stderr, "%s\n", records.error().message.c_str());
      std::exit(1);
    }
    return records->empty() ? after : records->back().position;
  }

  /// One event at a time, as a quiet shop has them.
  void measure_latency(EventLog& log, std::int64_t after) {
    constexpr int count = 500;
    std::vector<double> took;
    for (int i = 0; i < count; ++i) {
      std::this_thread::sleep_for(milliseconds{5 + random_() % 20});
      const auto began = Clock::now();
      append();
      while (after < end()) {
        sync_wait(log.wait_beyond(after, began + seconds{30}));
        after = read(log, after);
      }
      took.push_back(1'000 * seconds_since(began));
    }
    std::ranges::sort(took);
    std::printf(
        "| in the log → read, ms | p50 | p90 | p99 | most |\n|---|---|---|---|---|\n| one at a time | %.1f | "
        "%.1f | %.1f | %.1f |\n",
        took[count / 2], took[count * 9 / 10], took[count * 99 / 100], took.back());
  }

  const std::string brokers_, prefix_;
  const int events_;
  std::uint32_t appended_ = 0;
  std::mt19937 random_{1};
  SystemClock clock_;
  test::FakeEventLog source_;
  order::MemoryRelayProgress progress_{clock_};
  kafka::KafkaPublisher publisher_{{.brokers = brokers_, .topic_prefix = prefix_}};
  Relay relay_{source_, progress_, publisher_, "bench"};
  EventLoop loop_{"bench"};
  BackgroundLoops loops_;
};

}  // namespace
}  // namespace cloudcart::events

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: benchmarks_events HOST:PORT [EVENTS]\n");
    return 2;
  }
  cloudcart::events::Bench(argv[1], argc > 2 ? std::atoi(argv[2]) : 200'000).run();
  return 0;
}
