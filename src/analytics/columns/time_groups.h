#pragma once

#include <cstdint>
#include <vector>

#include "analytics/columns/block.h"
#include "analytics/columns/quarters.h"
#include "analytics/domain/cube.h"

namespace cloudcart::analytics {

/// Tells of each moment whether it is asked for, and which group of the time axes together it belongs to: the
/// groups of several axes are numbered as by mixed radix, the last axis being the fastest.
class TimeGroups {
 public:
  static constexpr std::uint32_t outside = 0xFFFF'FFFF;
  struct Stretch {
    std::int64_t begin;
    std::int64_t end;
    std::uint32_t group;
  };

  /// `data` is where anything happened at all: nothing else needs to be told apart.
  TimeGroups(const std::vector<TimeRange>& moments, const std::vector<const TimeAxis*>& axes, Span data);

  std::uint32_t size() const { return size_; }
  /// All that is wanted lies in between.
  std::int64_t begin() const { return begin_; }
  std::int64_t end() const { return end_; }
  const std::vector<Stretch>& stretches() const { return stretches_; }

  std::uint32_t operator()(std::int64_t ms) const {
    if (ms < begin_ || ms >= end_) return outside;
    if (by_quarter_.empty()) return stretches_.size() == 1 ? stretches_.front().group : search(ms);
    return by_quarter_[static_cast<std::size_t>(quarter_of(ms) - first_quarter_)];
  }

 private:
  void cut(TimeRange range, const std::vector<const TimeAxis*>& axes);
  void spread_over_quarters();
  std::uint32_t search(std::int64_t ms) const;

  std::uint32_t size_ = 1;
  std::int64_t begin_ = 0, end_ = 0;
  std::vector<Stretch> stretches_;
  std::int64_t first_quarter_ = 0;
  /// Empty when a single stretch is faster compared, or some bound is within a quarter.
  std::vector<std::uint32_t> by_quarter_;
};

}  // namespace cloudcart::analytics
