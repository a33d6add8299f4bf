#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "analytics/domain/cube.h"
#include "analytics/domain/number.h"

namespace cloudcart::analytics {

/// Customers by how recently, how often and for how much they bought: the eleven segments of Putler, "RFM
/// Analysis for Successful Customer Segmentation", drawn so that each pair of scores lies in one of them.
enum class Segment : std::uint8_t {
  champions,
  loyal,
  potential_loyalists,
  new_customers,
  promising,
  needing_attention,
  about_to_sleep,
  at_risk,
  cannot_lose,
  hibernating,
  lost,
};
constexpr std::size_t segment_count = 11;

struct SegmentDefinition {
  Segment segment;
  std::string_view name;
  std::string_view title;
  std::string_view description;
};
/// In the order of the enumeration, the best first.
const std::array<SegmentDefinition, segment_count>& all_segments();

/// 1 to 5 each, 5 the best: the fifth of the customers that one is in. Those who are equal score the same, the
/// least that any of them would: with four fifths of one order each, these all score 1.
struct RfmScores {
  int recency = 1;
  int frequency = 1;  ///< by orders placed
  int monetary = 1;   ///< by net revenue
  bool operator==(const RfmScores&) const = default;
};

/// Of recency, and of the mean of the other two, a half rounded up.
Segment segment_of(RfmScores scores);

struct SegmentFigures {
  std::int64_t customers = 0;
  std::int64_t orders = 0;
  Money net;
  std::int64_t recency_days = 0;  ///< of all together
  bool operator==(const SegmentFigures&) const = default;
};

/// What customers of one score have; nothing where there are none.
struct ScoreRange {
  std::int64_t customers = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool operator==(const ScoreRange&) const = default;
};
constexpr std::size_t score_count = 5;
using ScoreRanges = std::array<ScoreRange, score_count>;  ///< of score 1 first

struct Segments {
  std::array<SegmentFigures, segment_count> segments;  ///< in the order of the enumeration
  SegmentFigures total;
  ScoreRanges recency;    ///< whole days since the last order
  ScoreRanges frequency;  ///< orders
  ScoreRanges monetary;   ///< minor units
};

/// Whole days of 24 hours since the last order; 0 for one that lies ahead of the clock.
std::int64_t recency_days(const CustomerProfile& customer, Timestamp now);

Segments segment_customers(std::span<const CustomerProfile> customers, Timestamp now);

}  // namespace cloudcart::analytics
