#include <gtest/gtest.h>

#include "adapters/memory/order/memory_relay_progress.h"
#include "contract/events/kafka_fixture.h"
#include "support/fake_event_log.h"
#include "support/kafka_server.h"
#include "support/sample_orders.h"

namespace cloudcart::events {
namespace {

constexpr auto no_deadline = Deadline::max();
/// Kafka alone takes half a minute to come back on a machine that has other things to do.
constexpr seconds generous{100};

/// Readers keep their positions, as with their data, while the Kafka of the test goes through everything.
class KafkaOutageTest : public testing::Test {
 protected:
  test::KafkaServer server;
  FreshTopics topics{server.address()};
  SystemClock clock;
  test::FakeEventLog source;
  order::MemoryRelayProgress progress{clock};
  kafka::KafkaPublisher publisher{topics.publisher(3)};
  kafka::KafkaEventLog log{topics.log()};
  std::vector<std::int64_t> seen;
  int appended = 0;

  RelayOptions options() {
    RelayOptions options;
    options.publish_limit = milliseconds{3'000};
    options.check_interval = milliseconds{500};
    return options;
  }
  void append(int count) {
    for (int i = 0; i < count; ++i, ++appended) {
      const auto n = static_cast<std::uint32_t>(appended + 1);
      auto event = order::sample::event(order::sample::order(n));
      event.type = std::string{order_topics[n % order_topics.size()]};
      source.append(std::move(event));
    }
  }
  /// Whatever Kafka says meanwhile.
  void read_all() {
    const auto limit = clock.monotonic_now() + generous;
    while (static_cast<int>(seen.size()) < appended) {
      ASSERT_LT(clock.monotonic_now(), limit) << "behind record " << seen.size();
      const auto after = seen.empty() ? 0 : seen.back();
      sync_wait(log.wait_beyond(after, clock.monotonic_now() + milliseconds{200}));
      const auto records = sync_wait(log.read(after, 500, no_deadline));
      if (!records) continue;
      for (const auto& record : *records) seen.push_back(record.position);
    }
    for (std::size_t i = 0; i < seen.size(); ++i)
      ASSERT_EQ(seen[i], 10 * static_cast<std::int64_t>(i + 1)) << "in order, none twice, none left out";
  }
  template <class Condition>
  void wait_for(Condition condition) {
    const auto limit = clock.monotonic_now() + generous;
    while (!condition()) {
      ASSERT_LT(clock.monotonic_now(), limit);
      std::this_thread::sleep_for(milliseconds{20});
    }
  }
};

TEST_F(KafkaOutageTest, HungItLosesNothing) {
  RunningRelay running(source, progress, publisher, options());
  append(300);
  read_all();
  server.freeze();
  append(300);
  wait_for([&] { return !running.relay.is_well(); });
  wait_for([&] { return running.relay.events_behind() == 300; });
  server.thaw();
  read_all();
  wait_for([&] { return running.relay.is_well() && running.relay.events_behind() == 0; });
}

TEST_F(KafkaOutageTest, KilledItLosesNothing) {
  RunningRelay running(source, progress, publisher, options());
  append(300);
  read_all();
  server.kill();
  append(300);
  wait_for([&] { return !running.relay.is_well(); });
  server.start();
  read_all();
  wait_for([&] { return running.relay.is_well() && running.relay.events_behind() == 0; });
}

TEST_F(KafkaOutageTest, WipedItIsFilledAgainForReadersAnywhere) {
  RunningRelay running(source, progress, publisher, options());
  append(600);
  read_all();
  // One reader is at the end, one in the middle, one begins.
  server.wipe();
  append(300);
  read_all();
  seen.resize(450);
  read_all();
  seen.clear();
  read_all();
  EXPECT_EQ(sync_wait(progress.hold("observer", milliseconds{0}, no_deadline))->state.edition, 2);
}

}  // namespace
}  // namespace cloudcart::events
