#include "analytics/columns/time_groups.h"

#include <algorithm>

namespace cloudcart::analytics {
namespace {

/// The limits of Timestamp stand for "from ever" and "for ever" and are no number of milliseconds to reckon with.
TimeRange clamped(TimeRange range, Span data) {
  return {std::max(range.begin, from_unix_ms(data.first)), std::min(range.end, from_unix_ms(data.last + 1))};
}

std::size_t stretch_at(const TimeAxis& axis, Timestamp time) {
  return static_cast<std::size_t>(std::ranges::upper_bound(axis.bounds, time) - axis.bounds.begin()) - 1;
}

}  // namespace

TimeGroups::TimeGroups(const std::vector<TimeRange>& moments, const std::vector<const TimeAxis*>& axes,
                       Span data) {
  for (const auto* axis : axes) size_ *= axis->size;
  if (data.empty()) return;
  for (const auto& moment : moments)
    if (const auto range = clamped(moment, data); range.begin < range.end) cut(range, axes);
  if (stretches_.empty()) return;
  begin_ = stretches_.front().begin;
  end_ = stretches_.back().end;
  if (stretches_.size() > 1) spread_over_quarters();
}

void TimeGroups::cut(TimeRange range, const std::vector<const TimeAxis*>& axes) {
  std::vector<std::size_t> places;
  for (const auto* axis : axes) places.push_back(stretch_at(*axis, range.begin));
  for (auto begin = range.begin; begin < range.end;) {
    auto end = range.end;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      group = group * axes[i]->size + axes[i]->groups[places[i]];
      end = std::min(end, axes[i]->bounds[places[i] + 1]);
    }
    for (std::size_t i = 0; i < axes.size(); ++i) places[i] += axes[i]->bounds[places[i] + 1] == end;
    stretches_.push_back({to_unix_ms(begin), to_unix_ms(end), group});
    begin = end;
  }
}

void TimeGroups::spread_over_quarters() {
  // Where the data begins or ends is no bound: there is nothing beyond.
  const auto aligned = [](std::int64_t ms) { return quarter_of(ms) * quarter_hour_ms == ms; };
  for (std::size_t i = 1; i < stretches_.size(); ++i)
    if (!aligned(stretches_[i].begin) || !aligned(stretches_[i - 1].end)) return;
  first_quarter_ = quarter_of(begin_);
  by_quarter_.assign(static_cast<std::size_t>(quarter_of(end_ - 1) - first_quarter_) + 1, outside);
  for (const auto& [begin, end, group] : stretches_) {
    const auto at = by_quarter_.begin() - first_quarter_;
    std::fill(at + quarter_of(begin), at + quarter_of(end - 1) + 1, group);
  }
}

std::uint32_t TimeGroups::search(std::int64_t ms) const {
  const auto after = std::ranges::upper_bound(stretches_, ms, {}, &Stretch::begin);
  const auto& stretch = *std::prev(after);
  return ms < stretch.end ? stretch.group : outside;
}

}  // namespace cloudcart::analytics
