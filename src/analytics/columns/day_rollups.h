#pragma once

#include <array>
#include <cstdint>
#include <map>

#include <roaring/roaring.hh>

#include "analytics/columns/order_change.h"
#include "analytics/columns/quarters.h"
#include "analytics/domain/figures.h"
#include "core/time_zone.h"

namespace cloudcart::analytics {

/// Flows by the quarter of an hour of UTC, of which the hours and days of every time zone are made.
class QuarterRollup {
 public:
  using Day = std::array<SalesFigures, quarters_per_day>;
  /// The figures of the quarter that holds `ms`, to be changed.
  SalesFigures& at(std::int64_t ms);
  /// Adds each quarter at or after `begin` and before `end`, both multiples of a quarter, to `sum`.
  void add_to(SalesFigures& sum, std::int64_t begin, std::int64_t end) const;

 private:
  std::map<std::int64_t, Day> days_;  ///< by days since 1970
};

/// Who placed orders in some stretch of time: Roaring bitmaps (Lemire et al., "Roaring Bitmaps: Implementation of an
/// Optimized Software Library", 2018), so that those of a period are put together from those of its days.
class Buyers {
 public:
  void add(std::uint32_t customer) {
    if (!once_.addChecked(customer)) repeatedly_.add(customer);
  }
  void add(const Buyers& others) {
    repeatedly_ |= others.repeatedly_;
    repeatedly_ |= once_ & others.once_;
    once_ |= others.once_;
  }
  std::int64_t active() const { return static_cast<std::int64_t>(once_.cardinality()); }
  std::int64_t repeat() const { return static_cast<std::int64_t>(repeatedly_.cardinality()); }

 private:
  Roaring once_, repeatedly_;
};

/// The buyers of each day of one time zone.
class DayBuyers {
 public:
  explicit DayBuyers(TimeZone days) : days_(std::move(days)) {}
  void add(std::int64_t ms, std::uint32_t customer);
  /// Whether a day of the zone begins at `ms`.
  bool begins_a_day(std::int64_t ms) const;
  /// Adds the days from `begin` on and before `end`, at both of which a day begins.
  void add_to(Buyers& sum, std::int64_t begin, std::int64_t end) const;

 private:
  struct KnownDay {
    std::int64_t begin = 0, end = 0;
    Buyers* buyers = nullptr;
  };
  const TimeZone days_;
  std::map<std::int64_t, Buyers> by_start_;
  KnownDay latest_;  ///< orders come day by day, and a zone's days take long to reckon
};

}  // namespace cloudcart::analytics
