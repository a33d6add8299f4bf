#include <numeric>

#include "postgres_experiments.h"
#include "support/on_threads.h"

namespace cloudcart::recommendation {
namespace {

struct PostgresExperimentsFixture {
  test::PostgresSchema schema;
  PostgresExperimentAdapters adapters{schema};
  ExperimentRepository& repository() { return adapters.plans; }
  ExperimentLedger& ledger() { return adapters.subjects; }
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ExperimentsContract, PostgresExperimentsFixture);

/// What is not stored after a restart had no effect.
TEST(PostgresExperimentLedger, StoresItsPositionWithEffectsAndNowAndThen) {
  const test::PostgresSchema schema;
  const auto apply_then_reopen = [&](std::int64_t first, std::int64_t count) {
    {
      PostgresExperimentAdapters process(schema);
      std::vector<events::LogRecord> records;
      for (auto position = first; position < first + count; ++position)
        records.push_back({position << 20, test::bought(1, 1, {{1}})});
      const auto last = records.back().position;
      EXPECT_TRUE(sync_wait(process.subjects.apply(std::move(records), Deadline::max())));
      EXPECT_EQ(sync_wait(process.subjects.position(Deadline::max())).value(), last);
    }
    PostgresExperimentAdapters process(schema);
    return sync_wait(process.subjects.position(Deadline::max())).value();
  };
  EXPECT_EQ(apply_then_reopen(1, 9'999), std::nullopt);
  EXPECT_EQ(apply_then_reopen(1, 10'000), std::int64_t{10'000} << 20);
  EXPECT_EQ(apply_then_reopen(10'001, 2), std::int64_t{10'000} << 20);
}

/// Two processes over one schema.
class PostgresExperimentRaces : public ExperimentsContract<PostgresExperimentsFixture> {
 protected:
  static constexpr std::size_t threads = 8;
  PostgresExperimentAdapters other{fixture.schema};
  PostgresExperimentAdapters& of(std::size_t thread) { return thread % 2 ? fixture.adapters : other; }
};

TEST_F(PostgresExperimentRaces, TheSameRecordsCountOnceHoweverManyApplyThem) {
  running(draft(1));
  running(draft(2, TaskKind::basket));
  for (const auto experiment : {1U, 2U})
    for (std::uint32_t user = 1; user <= 3; ++user)
      click(impression(experiment, Subject::customer(test::user(user)), user), 1, noon);
  std::vector<events::LogRecord> records;
  for (std::uint32_t number = 1; number <= 60; ++number)
    records.push_back({std::int64_t{number} << 20, order(number, 1 + number % 3, {1}, noon)});
  for (std::uint32_t number = 1; number <= 10; ++number)
    records.push_back({std::int64_t{60 + number} << 20, test::cancellation_of(records[number - 1].event)});
  // Each process follows the log at a pace of its own.
  const auto done = test::on_threads(2, [&](std::size_t process) {
    const auto step = static_cast<std::ptrdiff_t>(3 + 4 * process);
    for (auto first = records.begin(); first != records.end();) {
      const auto last = first + std::min(step, records.end() - first);
      if (!sync_wait(of(process).subjects.apply({first, last}, Deadline::max()))) return false;
      first = last;
    }
    return true;
  });
  EXPECT_EQ(done, (std::vector{true, true}));
  for (const auto experiment : {1U, 2U}) {
    const auto tally = tallies(experiment).at(0);
    EXPECT_EQ(tally.orders, 50);
    EXPECT_EQ(tally.revenue, Money{50'000});
    EXPECT_EQ(tally.credit.bought_lines, 50);
  }
  for (std::size_t process = 0; process < 2; ++process)
    EXPECT_EQ(sync_wait(of(process).subjects.position(Deadline::max())).value(), records.back().position);
}

TEST_F(PostgresExperimentRaces, AnImpressionIsCountedOnceWhoeverReportsIt) {
  running(draft(1));
  const auto outcomes = test::on_threads(threads, [&](std::size_t thread) {
    std::int64_t counted = 0;
    for (std::uint64_t nonce = 0; nonce < 10; ++nonce) {
      const auto shown = impression(1, Subject::customer(test::user(1 + nonce % 3)), nonce);
      const auto answers = sync_wait(of(thread).subjects.record(
          shop, {{shown, {}}, {shown, test::product(1)}, {shown, test::product(3)}}, noon, Deadline::max()));
      counted += std::ranges::count(answers.value(), FeedbackOutcome::counted);
    }
    return counted;
  });
  EXPECT_EQ(std::accumulate(outcomes.begin(), outcomes.end(), std::int64_t{0}), 30);
  const auto tally = tallies(1).at(0);
  EXPECT_EQ(tally.subjects, 3);
  EXPECT_EQ(tally.impressions, 10);
  EXPECT_EQ(tally.credit.clicks, 20);
}

TEST_F(PostgresExperimentRaces, FeedbackOrdersAndErasureAtOnceLoseNothing) {
  running(draft(1));
  constexpr std::uint32_t rounds = 20;
  click(impression(1, Subject::customer(test::user(1)), 999), 1, noon);
  const auto done = test::on_threads(threads, [&](std::size_t thread) {
    auto& process = of(thread);
    for (std::uint32_t round = 0; round < rounds; ++round) {
      const auto nonce = 1000 * (thread + 1) + round;
      bool ok = true;
      if (thread < 4) {
        const auto shown = impression(1, Subject::customer(test::user(1)), nonce);
        ok = sync_wait(process.subjects.record(shop, {{shown, {}}}, noon, Deadline::max())).has_value();
      } else if (thread < 6) {
        const events::LogRecord record{std::int64_t{round + 1} << 20, order(round + 1, 1, {1}, noon)};
        ok = sync_wait(process.subjects.apply({record}, Deadline::max())).has_value();
      } else {
        ok = sync_wait(process.subjects.erase(shop, test::user(2), Deadline::max())) == 0;
      }
      if (!ok) return false;
    }
    return true;
  });
  EXPECT_EQ(std::ranges::count(done, true), static_cast<std::ptrdiff_t>(threads));
  const auto tally = tallies(1).at(0);
  EXPECT_EQ(tally.impressions, 1 + 4 * rounds);
  EXPECT_EQ(tally.orders, rounds);
}

TEST_F(PostgresExperimentRaces, OfStartsOnOnePlacementOnePasses) {
  for (std::uint32_t number = 1; number <= small_bounds.experiments; ++number) create(draft(number));
  const auto started = test::on_threads(small_bounds.experiments, [&](std::size_t thread) {
    const auto answer = sync_wait(
        of(thread).plans.start(shop, id(static_cast<std::uint32_t>(thread + 1)), noon, Deadline::max()));
    EXPECT_TRUE(answer || answer.error().code == ErrorCode::conflict);
    return answer.has_value();
  });
  EXPECT_EQ(std::ranges::count(started, true), 1);
}

TEST_F(PostgresExperimentRaces, TheBoundOfExperimentsHoldsForAllTogether) {
  const auto created = test::on_threads(3 * small_bounds.experiments, [&](std::size_t thread) {
    const auto answer = sync_wait(
        of(thread).plans.create(shop, draft(static_cast<std::uint32_t>(thread + 1)), Deadline::max()));
    EXPECT_TRUE(answer || answer.error().code == ErrorCode::conflict);
    return answer.has_value();
  });
  EXPECT_EQ(std::ranges::count(created, true), static_cast<std::ptrdiff_t>(small_bounds.experiments));
}

}  // namespace
}  // namespace cloudcart::recommendation
