#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "adapters/kafka/client/consumer.h"
#include "adapters/kafka/events/record.h"
#include "adapters/memory/order/memory_relay_progress.h"
#include "contract/events/kafka_fixture.h"
#include "contract/order/postgres_orders.h"
#include "support/fake_event_log.h"
#include "support/sample_orders.h"

namespace cloudcart::events {
namespace {

constexpr auto no_deadline = Deadline::max();
using Positions = std::vector<std::int64_t>;

class KafkaLogTest : public testing::Test {
 protected:
  FreshTopics topics;
  SystemClock clock;
  test::FakeEventLog source;
  order::MemoryRelayProgress progress{clock};
  kafka::KafkaPublisher publisher{topics.publisher()};
  std::mt19937 random{7};
  std::uint32_t orders = 0;

  /// Orders of random ids that go through some steps.
  void append(int count) {
    for (int i = 0; i < count; ++i) source.append(next_event());
  }
  OrderEvent next_event() {
    auto event = order::sample::event(order::sample::order(++orders % 60'000));
    for (auto& byte : event.order_id.value.bytes) byte = static_cast<std::uint8_t>(random());
    event.type = std::string{order_topics[random() % order_topics.size()]};
    return event;
  }
  /// Reads to position `end` in batches of random sizes.
  std::vector<LogRecord> read_up_to(EventLog& log, std::int64_t after, std::int64_t end) {
    std::vector<LogRecord> all;
    const auto position = [&] { return all.empty() ? after : all.back().position; };
    const auto limit = clock.monotonic_now() + seconds{90};
    while (position() < end) {
      sync_wait(log.wait_beyond(position(), limit));
      auto some = sync_wait(log.read(position(), 1 + random() % 700, no_deadline));
      // A read has a time limit of its own, which a busy machine may miss.
      if (!some && some.error().code == ErrorCode::unavailable && clock.monotonic_now() < limit) continue;
      if (!some || some->empty()) {
        ADD_FAILURE() << (some ? "nothing came" : some.error().message) << " behind " << position();
        break;
      }
      std::ranges::move(*some, std::back_inserter(all));
    }
    return all;
  }
  void expect_source(const std::vector<LogRecord>& records, std::int64_t after = 0) {
    const auto expected = sync_wait(source.read(after, 1'000'000, no_deadline)).value();
    ASSERT_EQ(records.size(), expected.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
      ASSERT_EQ(records[i].position, expected[i].position);
      ASSERT_EQ(records[i].event, expected[i].event);
    }
  }
  std::int64_t end() { return sync_wait(source.end_position(no_deadline)).value(); }

  /// As a relay does it, without one: the records behind `after` up to `until`.
  std::string publish(std::int64_t after, std::int64_t until, std::int64_t edition = 1,
                      std::string mark = {}) {
    std::vector<Publication> batch;
    auto records = sync_wait(source.read(after, 1'000'000, no_deadline)).value();
    for (auto& record : records) {
      const auto position = record.position;
      if (position > until) break;
      batch.push_back({std::move(record), std::exchange(after, position)});
    }
    const auto limit = clock.monotonic_now() + seconds{30};
    EXPECT_EQ(sync_wait(publisher.prepare("", limit)), true);
    return sync_wait(publisher.publish(std::move(mark), edition, std::move(batch), limit)).value();
  }
  kafka::EventLogOptions impatient() {
    auto options = topics.log();
    options.settling = milliseconds{50};
    options.patience = milliseconds{300};
    return options;
  }
};

TEST_F(KafkaLogTest, RecordsOfManyPartitionsComeInTheOrderOfTheLogFromAnyPosition) {
  append(5'000);
  kafka::KafkaPublisher wide(topics.publisher(17));
  const RunningRelay relay(source, progress, wide);
  kafka::KafkaEventLog log(topics.log());
  expect_source(read_up_to(log, 0, end()));
  for (int i = 0; i < 8; ++i) {
    const auto after = static_cast<std::int64_t>(random() % 50'000);
    expect_source(read_up_to(log, after, end()), after);
  }
  append(500);
  expect_source(read_up_to(log, 49'990, end()), 49'990);
  EXPECT_TRUE(sync_wait(log.read(end(), 10, no_deadline)).value().empty());
  EXPECT_EQ(sync_wait(log.end_position(no_deadline)), end());
}

TEST_F(KafkaLogTest, WhatWasPublishedUnderAnotherPrefixIsNotThere) {
  append(10);
  const auto mark = publish(0, end());
  const auto limit = clock.monotonic_now() + seconds{30};
  EXPECT_EQ(sync_wait(publisher.prepare(mark, limit)), true);
  const FreshTopics others;
  kafka::KafkaPublisher elsewhere(others.publisher());
  EXPECT_EQ(sync_wait(elsewhere.prepare(mark, limit)), false);
}

TEST_F(KafkaLogTest, MorePlacesAreReadAtOnceThanAreKept) {
  append(2'000);
  publish(0, end());
  auto options = topics.log();
  options.cursors = 2;
  options.window = 100;
  kafka::KafkaEventLog log(options);
  for (int round = 0; round < 3; ++round)
    for (const std::int64_t after : {0, 5'000, 12'345, 19'000}) {
      auto records = sync_wait(log.read(after, 50, no_deadline)).value();
      ASSERT_FALSE(records.empty());
      // An answer may hold less than it was asked for: what has not come within some milliseconds.
      while (records.size() < 50)
        std::ranges::move(
            sync_wait(log.read(records.back().position, 50 - records.size(), no_deadline)).value(),
            std::back_inserter(records));
      EXPECT_EQ(records[0].position, after / 10 * 10 + 10);
      EXPECT_EQ(records[49].position, after / 10 * 10 + 500);
    }
}

TEST_F(KafkaLogTest, ABatchThatIsPublishedAgainAfterACrashIsReadOnce) {
  append(3'000);
  publish(0, 10'000);
  publish(10'000, 20'000);
  publish(10'000, 20'000);  // the relay died before it could store its position
  publish(15'000, 20'000);
  publish(20'000, end());
  kafka::KafkaEventLog log(topics.log());
  expect_source(read_up_to(log, 0, end()));
  for (const std::int64_t after : {9'995, 10'000, 14'990, 15'000, 17'770, 20'000})
    expect_source(read_up_to(log, after, end()), after);
}

TEST_F(KafkaLogTest, ABatchThatComesVeryLateAgainIsReadOnce) {
  append(3'000);
  publish(0, 25'000);
  publish(1'000, 9'000);  // by a process that had been stopped
  publish(25'000, end());
  kafka::KafkaEventLog log(impatient());
  for (const std::int64_t after : {0, 500, 5'000, 12'000, 24'000, 26'000}) {
    std::vector<LogRecord> all;
    const auto limit = clock.monotonic_now() + seconds{60};
    for (auto position = after; position < end() && clock.monotonic_now() < limit;) {
      // What the search did not find is looked for again behind the first answer.
      const auto some = sync_wait(log.read(position, 500, no_deadline));
      if (!some || some->empty()) continue;
      position = some->back().position;
      all.insert(all.end(), some->begin(), some->end());
    }
    expect_source(all, after);
  }
}

TEST_F(KafkaLogTest, WhatIsMissingIsToldAndNotSkippedAndComesWithTheNextEdition) {
  append(100);
  publish(0, 300);
  publish(400, end());
  kafka::KafkaEventLog log(impatient());
  const auto first = read_up_to(log, 0, 300);
  EXPECT_EQ(first.size(), 30U);
  std::optional<Error> told;
  while (!told) {
    const auto read = sync_wait(log.read(300, 10, no_deadline));
    if (read) {
      ASSERT_TRUE(read->empty());
    } else {
      told = read.error();
    }
  }
  EXPECT_EQ(told->code, ErrorCode::unavailable);
  EXPECT_NE(told->message.find("cloudcart events republish"), std::string::npos);
  publish(0, end(), 2);
  Positions seen;
  while (seen.empty() || seen.back() < end()) {
    const auto read = sync_wait(log.read(seen.empty() ? 300 : seen.back(), 1'000, no_deadline));
    if (!read) continue;
    for (const auto& record : *read) seen.push_back(record.position);
  }
  ASSERT_EQ(seen.size(), 70U);
  EXPECT_EQ(seen[0], 310);
}

TEST_F(KafkaLogTest, TopicsThatWereRemovedArePublishedAgainAndReadersGoOnWhereTheyWere) {
  append(500);
  RelayOptions options;
  options.check_interval = milliseconds{100};
  const RunningRelay relay(source, progress, publisher, options);
  kafka::KafkaEventLog log(topics.log());
  expect_source(read_up_to(log, 0, end()));
  topics.remove();
  append(500);
  expect_source(read_up_to(log, 5'000, end()), 5'000);
  kafka::KafkaEventLog another(topics.log());
  expect_source(read_up_to(another, 0, end()));
  append(500);
  expect_source(read_up_to(log, 10'000, end()), 10'000);
  EXPECT_GE(sync_wait(progress.hold("observer", milliseconds{0}, no_deadline))->state.edition, 2);
}

TEST_F(KafkaLogTest, TwoRelaysPublishEveryRecordOnce) {
  kafka::KafkaPublisher other_publisher(topics.publisher());
  kafka::KafkaEventLog log(topics.log());
  {
    const RunningRelay first(source, progress, publisher, {}, "first");
    const RunningRelay second(source, progress, other_publisher, {}, "second");
    for (int i = 0; i < 20; ++i) {
      append(50);
      std::this_thread::sleep_for(milliseconds{5});
    }
    expect_source(read_up_to(log, 0, end()));
  }
  EXPECT_EQ(sync_wait(log.count_beyond(0, no_deadline)), 1'000) << "none was published twice";
}

TEST_F(KafkaLogTest, ItTellsHowManyRecordsLieBeyond) {
  append(100);
  publish(0, end());
  kafka::KafkaEventLog log(topics.log());
  EXPECT_EQ(sync_wait(log.count_beyond(0, no_deadline)), 100);
  EXPECT_EQ(sync_wait(log.count_beyond(600, no_deadline)), 40);
  read_up_to(log, 0, 500);
  EXPECT_EQ(sync_wait(log.count_beyond(500, no_deadline)), 50);
  EXPECT_EQ(sync_wait(log.count_beyond(end(), no_deadline)), 0);
}

// ---- what others write

class PoisonTest : public KafkaLogTest {
 protected:
  kafka::Outgoing good(std::size_t index) {
    const auto records = sync_wait(source.read(0, 1'000, no_deadline)).value();
    return kafka::to_message(topics.prefix(), 1,
                             {records[index], index == 0 ? 0 : records[index - 1].position});
  }
  void send(std::vector<kafka::Outgoing> messages) {
    kafka::Producer producer(topics.brokers());
    producer.send(messages, clock.monotonic_now() + seconds{30});
  }
  struct Letter {
    std::string value, topic, reason;
  };
  /// Everything on the dead-letter topic, once there are `count`.
  std::vector<Letter> letters(std::size_t count) {
    kafka::Consumer consumer({.brokers = topics.brokers()});
    consumer.assign({{{kafka::dead_letters_of(topics.prefix()), 0}, 0}});
    std::vector<Letter> all;
    const auto limit = clock.monotonic_now() + seconds{60};
    for (bool is_end = false; clock.monotonic_now() < limit && (!is_end || all.size() < count);) {
      const auto message = consumer.poll(milliseconds{100});
      if (!message) continue;
      is_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
      if (message->err) continue;
      all.push_back({std::string{kafka::value_of(*message)},
                     std::string{*kafka::header_of(*message, "topic")},
                     std::string{*kafka::header_of(*message, "reason")}});
    }
    return all;
  }
};

TEST_F(PoisonTest, WhatOthersWroteGoesToTheDeadLettersOnceAndTheRestGoesOn) {
  append(20);
  publish(0, 100);
  const auto topic = kafka::topic_of(topics.prefix(), "order.created");
  auto bad_json = good(9);
  bad_json.value = "{\"not\":";
  bad_json.topic = topic;
  auto far_ahead = bad_json;
  far_ahead.headers = {{"position", "900000"}, {"previous", "0"}, {"edition", "1"}};
  send({{.topic = topic, .key = "k", .value = "hello", .headers = {}}, bad_json, far_ahead});
  publish(100, end());
  {
    kafka::KafkaEventLog log(topics.log());
    expect_source(read_up_to(log, 0, end()));
    EXPECT_EQ(sync_wait(log.read(end(), 10, no_deadline)).value().size(), 0U);
  }
  const auto found = letters(3);
  ASSERT_EQ(found.size(), 3U);
  for (const auto& letter : found) EXPECT_EQ(letter.topic, topic);
  EXPECT_TRUE(std::ranges::any_of(found, [](const auto& letter) {
    return letter.value == "hello" && letter.reason.find("position") != std::string::npos;
  }));
  // Another process reads the same.
  kafka::KafkaEventLog log(topics.log());
  expect_source(read_up_to(log, 0, end()));
  EXPECT_EQ(letters(3).size(), 3U);
}

TEST_F(PoisonTest, AnEventThatIsNotUnderstoodDoesNotHoldUpThoseBehindIt) {
  append(20);
  std::vector<kafka::Outgoing> messages;
  for (std::size_t i = 0; i < 20; ++i) messages.push_back(good(i));
  messages[7].value = "of a later version";
  publish(0, 0);
  send(messages);
  kafka::KafkaEventLog log(topics.log());
  const auto records = read_up_to(log, 0, end());
  ASSERT_EQ(records.size(), 19U);
  EXPECT_EQ(records[6].position, 70);
  EXPECT_EQ(records[7].position, 90);
  EXPECT_EQ(letters(1).size(), 1U);
}

// ---- the log in PostgreSQL

/// An event that takes its number first and commits last.
Task<Status> confirm_late(postgres::Session& session, Notifier& begun, Notifier& told,
                          Notifier::Ticket ticket) {
  co_await session.run("SELECT pg_current_xact_id()");
  begun.notify_all();
  co_await told.wait(ticket, MonotonicTime::max());
  co_await session.run(
      "INSERT INTO order_event(position, tenant, order_id, version, event_id, status, occurred_at, "
      "traceparent,"
      " has_lines) SELECT ((pg_current_xact_id()::text::bigint + (SELECT base FROM log_base)) << 20), tenant,"
      " order_id, 2, $1, 'confirmed', occurred_at, '', false FROM order_event WHERE version = 1 LIMIT 1",
      test::numbered<EventId>(99));
  co_return Status{};
}

TEST_F(KafkaLogTest, ATransactionThatCommitsLateIsNotSkipped) {
  test::PostgresSchema schema;
  order::PostgresOrderAdapters adapters(schema, milliseconds{10});
  const RunningRelay relay(adapters.log, progress, publisher);
  kafka::KafkaEventLog log(topics.log());
  const auto place = [&](std::uint32_t n) {
    return adapters.repository.create(order::sample::new_order(order::sample::order(n)), no_deadline);
  };
  ASSERT_TRUE(sync_wait(place(1)));
  Notifier begun, told;
  const auto not_begun = begun.ticket(), not_told = told.ticket();
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  int ended = 0;
  const auto late = [&](postgres::Session& session) { return confirm_late(session, begun, told, not_told); };
  start(adapters.store.write(no_deadline, late), [&](auto outcome) {
    EXPECT_TRUE(std::get<0>(outcome));
    ++ended;
  });
  const auto others = [&]() -> Task<void> {
    co_await begun.wait(not_begun, MonotonicTime::max());
    for (std::uint32_t n = 2; n <= 6; ++n) EXPECT_TRUE(co_await place(n));
    // The relay has had its chance to go ahead.
    EXPECT_TRUE(co_await log.wait_beyond(0, executor.now() + seconds{30}));
    EXPECT_FALSE(co_await adapters.log.wait_beyond((co_await log.read(0, 10, no_deadline))->back().position,
                                                   executor.now() + milliseconds{300}));
    told.notify_all();
  };
  start(others(), [&](auto) { ++ended; });
  executor.run_until([&] { return ended == 2; });

  const auto committed = sync_wait(adapters.log.end_position(no_deadline)).value();
  const auto seen = read_up_to(log, 0, committed);
  ASSERT_EQ(seen.size(), 7U);
  EXPECT_EQ(seen[1].event.type, "order.confirmed") << "in the place that its number gave it";
}

}  // namespace
}  // namespace cloudcart::events
