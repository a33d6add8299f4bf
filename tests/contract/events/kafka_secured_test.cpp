#include <gtest/gtest.h>

#include "contract/events/kafka_fixture.h"
#include "support/fake_event_log.h"
#include "support/kafka_server.h"
#include "support/sample_orders.h"

namespace cloudcart::events {
namespace {

/// Brokers that take nobody without TLS and a password.
class SecuredKafkaTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    certificate_ = std::make_unique<test::Certificate>("IP:127.0.0.1");
    server_ = std::make_unique<test::KafkaServer>(*certificate_);
  }
  static void TearDownTestSuite() {
    server_.reset();
    certificate_.reset();
  }
  static kafka::Brokers brokers(const std::string& password) {
    kafka::Brokers brokers{server_->secured_address()};
    brokers.tls = true;
    brokers.ca_file = certificate_->file();
    brokers.user = "shop";
    brokers.password = password;
    brokers.mechanism = "PLAIN";
    return brokers;
  }

  SystemClock clock;

 private:
  static inline std::unique_ptr<test::Certificate> certificate_;
  static inline std::unique_ptr<test::KafkaServer> server_;
};

TEST_F(SecuredKafkaTest, IsPublishedToAndReadFrom) {
  const FreshTopics topics{brokers("open sesame")};
  test::FakeEventLog source;
  source.append(order::sample::event(order::sample::order(1)));
  const auto records = sync_wait(source.read(0, 10, Deadline::max())).value();
  kafka::KafkaPublisher publisher{topics.publisher(1)};
  const auto limit = clock.monotonic_now() + seconds{60};
  ASSERT_TRUE(sync_wait(publisher.prepare({}, limit)));
  ASSERT_TRUE(sync_wait(publisher.publish({}, 1, {{records.front(), 0}}, limit)));
  kafka::KafkaEventLog log{topics.log()};
  std::vector<LogRecord> read;
  while (read.empty() && clock.monotonic_now() < limit) {
    sync_wait(log.wait_beyond(0, clock.monotonic_now() + milliseconds{200}));
    read = sync_wait(log.read(0, 10, limit)).value_or(std::vector<LogRecord>{});
  }
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read.front().event, records.front().event);
}

TEST_F(SecuredKafkaTest, AWrongPasswordOrAnUnknownAuthorityEndsWithAnError) {
  auto guessed = brokers("sesame"), doubted = brokers("open sesame");
  const test::Certificate other{"IP:127.0.0.1"};
  doubted.ca_file = other.file();
  for (const auto& refused : {guessed, doubted}) {
    kafka::KafkaPublisher publisher{{.brokers = refused, .topic_prefix = "nobody."}};
    const auto prepared = sync_wait(publisher.prepare({}, clock.monotonic_now() + seconds{2}));
    ASSERT_FALSE(prepared);
    EXPECT_TRUE(prepared.error().code == ErrorCode::unavailable ||
                prepared.error().code == ErrorCode::deadline_exceeded)
        << prepared.error().message;
  }
}

}  // namespace
}  // namespace cloudcart::events
