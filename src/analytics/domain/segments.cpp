#include "analytics/domain/segments.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <vector>

namespace cloudcart::analytics {
namespace {

constexpr std::array<SegmentDefinition, segment_count> definitions{{
    {Segment::champions, "champions", "Champions", "Bought just now, buy often and spend most."},
    {Segment::loyal, "loyal", "Loyal customers", "Buy often or spend much, and not long ago."},
    {Segment::potential_loyalists, "potential_loyalists", "Potential loyalists",
     "Bought recently, and more than once or for more than little."},
    {Segment::new_customers, "new_customers", "New customers", "Bought just now, little so far."},
    {Segment::promising, "promising", "Promising", "Bought recently, little so far."},
    {Segment::needing_attention, "needing_attention", "Needing attention",
     "In the middle in everything; could go either way."},
    {Segment::about_to_sleep, "about_to_sleep", "About to sleep",
     "Bought little, and not recently; will be lost if nothing happens."},
    {Segment::at_risk, "at_risk", "At risk", "Bought a fair amount, but long ago."},
    {Segment::cannot_lose, "cannot_lose", "Cannot lose them",
     "Were among the best and have not come for long."},
    {Segment::hibernating, "hibernating", "Hibernating", "Bought little, and long ago."},
    {Segment::lost, "lost", "Lost", "Bought little, longest ago."},
}};

using enum Segment;
/// By recency (rows, 1 to 5), and by frequency and value (columns, 1 to 5).
constexpr std::array<std::array<Segment, score_count>, score_count> grid{{
    {lost, lost, at_risk, at_risk, cannot_lose},
    {hibernating, hibernating, at_risk, at_risk, cannot_lose},
    {about_to_sleep, about_to_sleep, needing_attention, loyal, loyal},
    {promising, potential_loyalists, potential_loyalists, loyal, loyal},
    {new_customers, potential_loyalists, potential_loyalists, champions, champions},
}};

constexpr std::size_t unsigned_index(int score) {
  return static_cast<std::size_t>(score - 1);
}

/// Where the fifths lie among values of which more is better. Found by counting in buckets and selecting in one of
/// them, since sorting 200,000 customers three times would take longer than all the rest.
class Fifths {
 public:
  explicit Fifths(const std::vector<std::int64_t>& values) {
    if (values.empty()) return;
    const auto [least, most] = std::ranges::minmax(values);
    least_ = least;
    const auto bits = static_cast<int>(std::bit_width(above_least(most)));
    shift_ = std::max(0, bits - bucket_bits);
    std::array<std::size_t, std::size_t{1} << bucket_bits> counts{};
    for (const auto value : values) ++counts[bucket_of(value)];
    std::size_t bucket = 0, before = 0;
    for (std::size_t fifth = 0; fifth < bounds_.size(); ++fifth) {
      // The last of the customers below: as many as reach this part of all, rounded up.
      const auto below = ((fifth + 1) * values.size() + score_count - 1) / score_count;
      while (before + counts[bucket] < below) before += counts[bucket++];
      bounds_[fifth] = nth_in(values, bucket, below - before - 1);
    }
  }
  int score(std::int64_t value) const {
    int score = 1;
    for (const auto bound : bounds_) score += value > bound;
    return score;
  }

 private:
  static constexpr int bucket_bits = 11;

  std::uint64_t above_least(std::int64_t value) const {
    return static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least_);
  }
  std::size_t bucket_of(std::int64_t value) const { return above_least(value) >> shift_; }
  std::int64_t nth_in(const std::vector<std::int64_t>& values, std::size_t bucket, std::size_t n) const {
    if (shift_ == 0) return least_ + static_cast<std::int64_t>(bucket);  // all in it are equal
    std::vector<std::int64_t> inside;
    std::ranges::copy_if(values, std::back_inserter(inside),
                         [&](std::int64_t value) { return bucket_of(value) == bucket; });
    const auto nth = inside.begin() + static_cast<std::ptrdiff_t>(n);
    std::ranges::nth_element(inside, nth);
    return *nth;
  }

  std::int64_t least_ = 0;
  int shift_ = 0;  ///< buckets are this many powers of two wide
  std::array<std::int64_t, score_count - 1> bounds_{};
};

void extend(ScoreRanges& ranges, int score, std::int64_t value) {
  auto& range = ranges[unsigned_index(score)];
  range.least = range.customers == 0 ? value : std::min(range.least, value);
  range.most = range.customers == 0 ? value : std::max(range.most, value);
  ++range.customers;
}

void add(SegmentFigures& figures, const SegmentFigures& other) {
  figures.customers += other.customers;
  figures.orders += other.orders;
  figures.net = sum(figures.net, other.net);
  figures.recency_days += other.recency_days;
}

template <class Value>
Fifths fifths_of(std::span<const CustomerProfile> customers, Value value) {
  std::vector<std::int64_t> values;
  values.reserve(customers.size());
  for (const auto& customer : customers) values.push_back(value(customer));
  return Fifths(values);
}

}  // namespace

const std::array<SegmentDefinition, segment_count>& all_segments() {
  return definitions;
}

Segment segment_of(RfmScores scores) {
  const int value = (scores.frequency + scores.monetary + 1) / 2;
  return grid[unsigned_index(scores.recency)][unsigned_index(value)];
}

std::int64_t recency_days(const CustomerProfile& customer, Timestamp now) {
  return std::max<std::int64_t>(0,
                                std::chrono::floor<std::chrono::days>(now - customer.last_order_at).count());
}

Segments segment_customers(std::span<const CustomerProfile> customers, Timestamp now) {
  const auto recency =
      fifths_of(customers, [now](const auto& customer) { return -recency_days(customer, now); });
  const auto frequency = fifths_of(customers, [](const auto& customer) { return customer.orders; });
  const auto monetary = fifths_of(customers, [](const auto& customer) { return customer.net.minor_units(); });
  Segments made{};
  for (const auto& customer : customers) {
    const auto days = recency_days(customer, now);
    const auto net = customer.net.minor_units();
    const RfmScores scores{recency.score(-days), frequency.score(customer.orders), monetary.score(net)};
    const SegmentFigures figures{1, customer.orders, customer.net, days};
    add(made.segments[static_cast<std::size_t>(segment_of(scores))], figures);
    add(made.total, figures);
    extend(made.recency, scores.recency, days);
    extend(made.frequency, scores.frequency, customer.orders);
    extend(made.monetary, scores.monetary, net);
  }
  return made;
}

}  // namespace cloudcart::analytics
