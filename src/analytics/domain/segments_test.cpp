#include "analytics/domain/segments.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;

const auto now = test::at("2026-07-15T12:00:00.000Z");

CustomerProfile customer(std::int64_t days_ago, std::int64_t orders, std::int64_t net) {
  return {.user = {},
          .orders = orders,
          .net = Money{net},
          .first_order_at = now - std::chrono::days{days_ago},
          .last_order_at = now - std::chrono::days{days_ago}};
}

const SegmentFigures& figures_of(const Segments& segments, Segment segment) {
  return segments.segments[static_cast<std::size_t>(segment)];
}

TEST(SegmentOfTest, FollowsTheTable) {
  EXPECT_EQ(segment_of({5, 5, 5}), Segment::champions);
  EXPECT_EQ(segment_of({5, 3, 4}), Segment::champions);  // the mean of 3 and 4 is taken as 4
  EXPECT_EQ(segment_of({5, 2, 4}), Segment::potential_loyalists);
  EXPECT_EQ(segment_of({5, 1, 1}), Segment::new_customers);
  EXPECT_EQ(segment_of({4, 5, 5}), Segment::loyal);
  EXPECT_EQ(segment_of({4, 1, 1}), Segment::promising);
  EXPECT_EQ(segment_of({3, 3, 3}), Segment::needing_attention);
  EXPECT_EQ(segment_of({3, 1, 2}), Segment::about_to_sleep);
  EXPECT_EQ(segment_of({2, 4, 4}), Segment::at_risk);
  EXPECT_EQ(segment_of({1, 5, 5}), Segment::cannot_lose);
  EXPECT_EQ(segment_of({2, 1, 1}), Segment::hibernating);
  EXPECT_EQ(segment_of({1, 2, 2}), Segment::lost);
}

TEST(SegmentOfTest, DefinitionsAreInOrder) {
  for (std::size_t i = 0; i < segment_count; ++i)
    EXPECT_EQ(static_cast<std::size_t>(all_segments()[i].segment), i);
}

TEST(SegmentsTest, FiveCustomersMakeAFifthEach) {
  const std::vector customers{customer(400, 1, 1000), customer(200, 9, 90'000), customer(90, 4, 20'000),
                              customer(30, 2, 5000), customer(1, 6, 70'000)};
  const auto segments = segment_customers(customers, now);
  // Scores (recency, frequency, monetary): (1,1,1), (2,5,5), (3,3,3), (4,2,2), (5,4,4).
  EXPECT_EQ(figures_of(segments, Segment::lost), (SegmentFigures{1, 1, Money{1000}, 400}));
  EXPECT_EQ(figures_of(segments, Segment::cannot_lose), (SegmentFigures{1, 9, Money{90'000}, 200}));
  EXPECT_EQ(figures_of(segments, Segment::needing_attention), (SegmentFigures{1, 4, Money{20'000}, 90}));
  EXPECT_EQ(figures_of(segments, Segment::potential_loyalists), (SegmentFigures{1, 2, Money{5000}, 30}));
  EXPECT_EQ(figures_of(segments, Segment::champions), (SegmentFigures{1, 6, Money{70'000}, 1}));
  EXPECT_EQ(segments.total, (SegmentFigures{5, 22, Money{186'000}, 721}));
  EXPECT_EQ(segments.recency[0], (ScoreRange{1, 400, 400}));
  EXPECT_EQ(segments.recency[4], (ScoreRange{1, 1, 1}));
  EXPECT_EQ(segments.monetary[2], (ScoreRange{1, 20'000, 20'000}));
}

TEST(SegmentsTest, EqualCustomersScoreTheSame) {
  const std::vector<CustomerProfile> customers(7, customer(10, 1, 500));
  const auto segments = segment_customers(customers, now);
  EXPECT_EQ(figures_of(segments, Segment::lost).customers, 7);
  EXPECT_EQ(segments.frequency[0], (ScoreRange{7, 1, 1}));
  EXPECT_EQ(segments.frequency[4], ScoreRange{});
}

TEST(SegmentsTest, NobodyMakesEmptySegments) {
  const auto segments = segment_customers({}, now);
  for (const auto& figures : segments.segments) EXPECT_EQ(figures, SegmentFigures{});
  EXPECT_EQ(segments.total, SegmentFigures{});
}

TEST(SegmentsTest, RecencyCountsWholeDaysAndNoneAhead) {
  auto profile = customer(3, 1, 1);
  EXPECT_EQ(recency_days(profile, now), 3);
  EXPECT_EQ(recency_days(profile, now - 1ms), 2);
  profile.last_order_at = now + 1h;
  EXPECT_EQ(recency_days(profile, now), 0);
}

/// One fifth of the customers has fewer: the definition, customer by customer.
int plain_score(const std::vector<std::int64_t>& all, std::int64_t value) {
  const auto worse = std::ranges::count_if(all, [value](std::int64_t other) { return other < value; });
  return static_cast<int>(5 * worse / std::ssize(all)) + 1;
}

std::vector<CustomerProfile> some_customers() {
  std::vector<CustomerProfile> customers;
  const auto spread = *rc::gen::element<std::int64_t>(2, 10, 1000, 1'000'000);
  for (int count = *rc::gen::inRange(1, 60); count > 0; --count)
    customers.push_back(customer(*rc::gen::inRange<std::int64_t>(0, std::min<std::int64_t>(spread, 20'000)),
                                 *rc::gen::inRange<std::int64_t>(1, 1 + spread),
                                 *rc::gen::inRange<std::int64_t>(-spread, spread)));
  return customers;
}

TEST(SegmentsPropertyTest, ScoresAreTheFifthsAsDefined) {
  EXPECT_TRUE(rc::check([] {
    const auto customers = some_customers();
    std::vector<std::int64_t> recency, frequency, monetary;
    for (const auto& profile : customers) {
      recency.push_back(-recency_days(profile, now));
      frequency.push_back(profile.orders);
      monetary.push_back(profile.net.minor_units());
    }
    std::array<SegmentFigures, segment_count> expected{};
    for (std::size_t i = 0; i < customers.size(); ++i) {
      const RfmScores scores{plain_score(recency, recency[i]), plain_score(frequency, frequency[i]),
                             plain_score(monetary, monetary[i])};
      auto& figures = expected[static_cast<std::size_t>(segment_of(scores))];
      ++figures.customers;
      figures.orders += frequency[i];
      figures.net = Money{figures.net.minor_units() + monetary[i]};
      figures.recency_days -= recency[i];
    }
    RC_ASSERT(segment_customers(customers, now).segments == expected);
  }));
}

TEST(SegmentsPropertyTest, SegmentsAddUpAndRangesDoNotOverlap) {
  EXPECT_TRUE(rc::check([] {
    auto customers = some_customers();
    const auto made = segment_customers(customers, now);
    std::int64_t counted = 0;
    for (const auto& figures : made.segments) counted += figures.customers;
    RC_ASSERT(counted == std::ssize(customers) && made.total.customers == counted);
    for (const auto& ranges : {made.frequency, made.monetary}) {
      std::optional<std::int64_t> most;
      for (const auto& range : ranges) {
        if (range.customers == 0) continue;
        RC_ASSERT(range.least <= range.most && (!most || *most < range.least));
        most = range.most;
      }
    }
    std::ranges::reverse(customers);
    RC_ASSERT(segment_customers(customers, now).segments == made.segments);
  }));
}

}  // namespace
}  // namespace cloudcart::analytics
