#include <atomic>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "contract/order/postgres_orders.h"
#include "support/sample_orders.h"

namespace cloudcart::order {
namespace {

using sample::no_deadline;
using test::numbered;

/// Two processes with threads of their own, over one schema.
class PostgresOrderRaces : public testing::Test {
 protected:
  static constexpr std::uint32_t threads = 8;
  test::PostgresSchema schema;
  PostgresOrderAdapters one{schema}, other{schema};

  PostgresOrderAdapters& of(std::uint32_t thread) { return thread % 2 ? one : other; }
  /// Runs `body(thread)` on every thread, and `meanwhile()` again and again until all have ended and once more.
  template <class Body, class Meanwhile>
  void run(Body body, Meanwhile meanwhile) {
    std::atomic<std::uint32_t> running = threads;
    std::vector<std::jthread> workers;
    for (std::uint32_t thread = 0; thread < threads; ++thread) {
      workers.emplace_back([&, thread] {
        body(thread);
        --running;
      });
    }
    while (running > 0) meanwhile();
    meanwhile();
  }
  template <class Body>
  void run(Body body) {
    run(body, [] { std::this_thread::sleep_for(milliseconds{1}); });
  }

  /// Orders of the thread's own that are placed, and then go some way or are cancelled; some are imported.
  void trade(std::uint32_t thread, std::uint32_t count_orders) {
    auto& adapters = of(thread);
    std::mt19937 random(thread);
    for (std::uint32_t i = 0; i < count_orders; ++i) {
      const auto number = (thread + 1) * 1000 + i;
      auto order = sample::order(number);
      if (random() % 5 == 0) {
        import_cancelled(adapters, std::move(order));
        continue;
      }
      ASSERT_TRUE(sync_wait(adapters.repository.create(sample::new_order(order), no_deadline)));
      while (!is_final(order.status) && random() % 4 != 0) {
        const auto next = next_statuses(order.status);
        ASSERT_TRUE(order.move_to(next[random() % next.size()], order.updated_at + seconds{1}));
        ASSERT_TRUE(sync_wait(adapters.repository.save_transition(order, order.version - 1,
                                                                  sample::event(order), no_deadline)));
      }
    }
  }
  static void import_cancelled(PostgresOrderAdapters& adapters, Order order) {
    const auto placed = order.created_at;
    auto history = imported(std::move(order), {{EventId{}, OrderStatus::delivered, placed},
                                               {EventId{}, OrderStatus::cancelled, placed + seconds{5}}});
    ASSERT_EQ(sync_wait(adapters.ledger.import_orders({std::move(history)}, no_deadline)), 1U);
  }
};

/// The sums that the events up to `position` tell; position and days are left out.
LedgerTotals told_by(const std::vector<events::LogRecord>& log, std::int64_t position) {
  LedgerTotals told;
  for (const auto& [at, event] : log) {
    if (at > position) break;
    std::int64_t units = 0;
    for (const auto& line : event.lines) units += line.quantity;
    if (event.version == 1) {
      ++told.orders_placed;
      told.gross = told.gross.plus(event.total).value();
      told.units_ordered += units;
    }
    if (event.is_cancelled()) {
      ++told.orders_cancelled;
      told.cancelled = told.cancelled.plus(event.total).value();
      told.units_cancelled += units;
    }
  }
  return told;
}

TEST_F(PostgresOrderRaces, AFollowerSeesEveryEventOnceAndInOrder) {
  std::vector<events::LogRecord> seen;
  const auto follow = [&] {
    const auto after = seen.empty() ? 0 : seen.back().position;
    auto records = sync_wait(one.log.read(after, 20, no_deadline)).value();
    for (auto& record : records) seen.push_back(std::move(record));
  };
  run([&](std::uint32_t thread) { trade(thread, 60); }, follow);
  const auto end = sync_wait(other.log.end_position(no_deadline)).value();
  while (seen.empty() || seen.back().position < end) follow();

  const auto again = sync_wait(other.log.read(0, 100'000, no_deadline)).value();
  ASSERT_EQ(seen.size(), again.size());
  std::map<OrderId, std::int64_t> versions;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(seen[i].position, again[i].position);
    EXPECT_EQ(seen[i].event, again[i].event);
    EXPECT_EQ(seen[i].event.version, ++versions[seen[i].event.order_id]);
    if (i > 0) EXPECT_LT(seen[i - 1].position, seen[i].position);
  }
  EXPECT_EQ(versions.size(), threads * 60U);
}

TEST_F(PostgresOrderRaces, TotalsAreThoseOfTheEventsUpToTheirPosition) {
  std::vector<LedgerTotals> answers;
  run([&](std::uint32_t thread) { trade(thread, 60); },
      [&] { answers.push_back(sync_wait(other.ledger.totals({}, no_deadline)).value()); });

  const auto log = sync_wait(one.log.read(0, 100'000, no_deadline)).value();
  EXPECT_GE(answers.size(), 3U);
  for (auto& answer : answers) {
    auto told = told_by(log, answer.position);
    Money gross, cancelled;
    for (const auto& day : answer.days) {
      gross = gross.plus(day.gross).value();
      cancelled = cancelled.plus(day.cancelled).value();
    }
    EXPECT_EQ(gross, told.gross);
    EXPECT_EQ(cancelled, told.cancelled);
    told.position = answer.position;
    told.days = answer.days;
    EXPECT_EQ(answer, told);
  }
  EXPECT_EQ(answers.back().position, log.back().position);
}

TEST_F(PostgresOrderRaces, ManyAttemptsWithOneKeyMakeOneOrder) {
  constexpr std::uint32_t keys = 20;
  std::atomic<int> created = 0, refused = 0;
  run([&](std::uint32_t thread) {
    for (std::uint32_t key = 0; key < keys; ++key) {
      const auto request = sample::claim(std::to_string(key), key * threads + thread);
      const auto bound = sync_wait(of(thread).repository.claim_key(request, no_deadline));
      if (!bound) {
        EXPECT_EQ(bound.error().code, ErrorCode::idempotency_in_progress);
        ++refused;
        continue;
      }
      if (bound->completed) continue;
      auto order = sample::new_order(sample::order(1));
      order.order.id = order.event.order_id = bound->order_id;
      order.key = request.key;
      created += sync_wait(of(thread).repository.create(std::move(order), no_deadline)).has_value();
    }
  });
  EXPECT_EQ(created, keys);
  EXPECT_EQ(sync_wait(one.repository.list({}, {}, no_deadline))->total, keys);
}

/// Everybody finds the claim run out, or its order closed, and takes it over or drops it.
TEST_F(PostgresOrderRaces, AKeyThatIsHandedOverMakesOneOrderAtMost) {
  std::atomic<int> created = 0;
  std::atomic<std::uint32_t> attempts = 0;
  run([&](std::uint32_t thread) {
    std::mt19937 random(thread);
    for (int i = 0; i < 40; ++i) {
      const auto number = ++attempts;
      auto request = sample::claim("key", number, sample::noon + seconds{31} * number);
      const auto bound = sync_wait(of(thread).repository.claim_key(request, no_deadline));
      if (!bound || bound->completed) continue;
      if (random() % 3 == 0) {
        sync_wait(of(thread).repository.close_missing({}, {bound->order_id}, sample::noon, no_deadline))
            .value();
      } else if (random() % 3 == 0) {
        sync_wait(of(thread).repository.drop_claim(request.key, no_deadline)).value();
      } else if (i > 30) {
        auto order = sample::new_order(sample::order(1));
        order.order.id = order.event.order_id = bound->order_id;
        order.key = request.key;
        created += sync_wait(of(thread).repository.create(std::move(order), no_deadline)).has_value();
      }
    }
  });
  EXPECT_LE(created, 1);
  EXPECT_EQ(sync_wait(one.repository.list({}, {}, no_deadline))->total, created);
}

TEST_F(PostgresOrderRaces, OfCreatingAndClosingOneWins) {
  constexpr std::uint32_t count_orders = 150;
  std::array<std::atomic<int>, count_orders> created{}, closed{};
  run([&](std::uint32_t thread) {
    for (std::uint32_t n = 0; n < count_orders; ++n) {
      const auto id = numbered<OrderId>(n + 1);
      if (thread / 2 % 2 == 0) {
        const auto order = sample::new_order(sample::order(n + 1));
        created.at(n) += sync_wait(of(thread).repository.create(order, no_deadline)).has_value();
      } else {
        // Its neighbours as well, in another order: they must not wait for each other in a ring.
        const std::vector ids{numbered<OrderId>(n + 3), id, numbered<OrderId>(n + 2)};
        const auto statuses =
            sync_wait(of(thread).repository.close_missing({}, ids, sample::noon, no_deadline)).value();
        closed.at(n) += !statuses[1];
      }
    }
  });
  for (std::uint32_t n = 0; n < count_orders; ++n) {
    EXPECT_EQ(created.at(n) > 0, closed.at(n) == 0) << n;
    EXPECT_LE(created.at(n), 1);
    EXPECT_EQ(sync_wait(one.repository.find({}, numbered<OrderId>(n + 1), no_deadline))->has_value(),
              created.at(n) > 0);
  }
}

TEST_F(PostgresOrderRaces, OfManyTransitionsFromOneVersionOneWins) {
  constexpr std::uint32_t count_orders = 40;
  for (std::uint32_t n = 1; n <= count_orders; ++n)
    ASSERT_TRUE(sync_wait(one.repository.create(sample::new_order(sample::order(n)), no_deadline)));
  std::atomic<int> won = 0;
  run([&](std::uint32_t thread) {
    for (std::uint32_t n = 1; n <= count_orders; ++n) {
      auto order = sample::order(n);
      ASSERT_TRUE(thread % 3 ? order.cancel(sample::noon)
                             : order.move_to(OrderStatus::confirmed, sample::noon));
      won += sync_wait(of(thread).repository.save_transition(order, 1, sample::event(order), no_deadline))
                 .has_value();
    }
  });
  EXPECT_EQ(won, count_orders);
  EXPECT_EQ(sync_wait(one.log.read(0, 1000, no_deadline))->size(), 2 * count_orders);
}

TEST_F(PostgresOrderRaces, OfManyWhoCompactEachEventIsRemovedByOne) {
  for (std::uint32_t n = 1; n <= 40; ++n) {
    auto order = sample::order(n);
    ASSERT_TRUE(sync_wait(one.repository.create(sample::new_order(order), no_deadline)));
    for (const auto step : {OrderStatus::confirmed, OrderStatus::cancelled}) {
      ASSERT_TRUE(order.move_to(step, order.updated_at + seconds{1}));
      ASSERT_TRUE(sync_wait(
          one.repository.save_transition(order, order.version - 1, sample::event(order), no_deadline)));
    }
  }
  std::atomic<std::int64_t> removed = 0;
  run([&](std::uint32_t thread) {
    for (bool more = true; more;) {
      const auto done =
          sync_wait(of(thread).retention.compact(sample::noon + std::chrono::hours{1}, 7, no_deadline));
      removed += done->removed;
      more = done->more;
    }
  });
  EXPECT_EQ(removed, 40);
  EXPECT_EQ(sync_wait(one.log.read(0, 1000, no_deadline))->size(), 80U);
}

}  // namespace
}  // namespace cloudcart::order
