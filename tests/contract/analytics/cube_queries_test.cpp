// Any question about random histories of orders, asked of the columns and of the plain store, has one answer.
#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "random_questions.h"
#include "sqlite_analytics.h"

namespace cloudcart::analytics {
namespace {

TEST(CubeQueriesTest, SoManyStretchesOfTimeTogetherThatFewHaveAnything) {
  Random random(1);
  const auto history = random_history(random);
  SqliteAnalytics sqlite;
  MemoryAnalyticsStore plain;
  deliver(sqlite.store, history, random);
  deliver(plain, history, random);
  const auto zone = TimeZone::load("Asia/Kathmandu").value();
  const DateRange dates{parse_date("2026-03-25").value(), parse_date("2026-11-05").value()};
  CubeQuery query{.moments = {{zone.start_of(dates.from), zone.start_of(add_days(dates.to, 1))}},
                  .axes = {{Dimension::day, time_axis(Dimension::day, dates, zone).axis},
                           {Dimension::hour, time_axis(Dimension::hour, dates, zone).axis}}};
  for (const bool customers : {false, true}) {
    query.customers = customers;
    const auto left = answer_of(sqlite.store.ask({}, {{query}, 0}, Deadline::max()));
    EXPECT_EQ(left.answers, answer_of(plain.ask({}, {{query}, 0}, Deadline::max())).answers);
    EXPECT_GT(left.answers[0].rows.size(), 10u);
  }
}

TEST(CubeQueriesTest, TheColumnsAnswerEveryQuestionAsThePlainStoreDoes) {
  for (std::uint32_t seed = 1; seed <= 40 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const auto history = random_history(random);
    SqliteAnalytics sqlite;
    MemoryAnalyticsStore plain;
    deliver(sqlite.store, history, random);
    deliver(plain, history, random);
    check_queries(random, sqlite.store, plain);
    check_reports(random, sqlite.store, plain);
    // As read from the file.
    SqliteAnalyticsStore reopened(*sqlite.file, sqlite.readers,
                                  {TimeZone::load("Asia/Tokyo").value(), Currency::parse("GBP").value()});
    check_queries(random, reopened, plain);
    check_reports(random, reopened, plain);
  }
}

}  // namespace
}  // namespace cloudcart::analytics
