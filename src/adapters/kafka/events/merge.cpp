#include "adapters/kafka/events/merge.h"

#include <algorithm>

namespace cloudcart::kafka {
namespace {

/// Of records without an event; whoever writes so many of them is none of ours.
constexpr std::size_t most_not_understood = 100;

}  // namespace

bool Merge::wants(std::int64_t position) const {
  if (position <= position_) return false;
  const auto known = waiting_.find(position);
  return known == waiting_.end() || !known->second.event;
}

void Merge::add(Place place, const Partition& source, std::optional<events::OrderEvent> event) {
  const bool is_event = event.has_value();
  if (!wants(place.position)) return;
  if (const auto known = waiting_.find(place.position); known != waiting_.end()) {
    if (!is_event) return;
    forget(known);  // one that was not understood
  }
  if (!is_event && not_understood_++ == most_not_understood) {
    --not_understood_;
    return;
  }
  waiting_.emplace(place.position, Waiting{place.previous, source, std::move(event)});
  ++waiting_of_[source];
  if (is_event) newest_ = std::max(newest_, place.position);
}

/// Follows the chain over what was not understood to the first record that was.
Merge::Places::iterator Merge::find_next() {
  auto reached = position_;
  for (auto place = waiting_.begin(); place != waiting_.end(); ++place) {
    const auto& [position, waiting] = *place;
    if (waiting.event) return waiting.previous <= reached ? place : waiting_.end();
    // Nobody vouches for its headers unless the next record names it.
    const auto after = std::next(place);
    if (after == waiting_.end()) return after;
    if (waiting.previous <= reached && after->second.previous == position) reached = position;
  }
  return waiting_.end();
}

std::optional<events::LogRecord> Merge::next() {
  const auto found = find_next();
  if (found == waiting_.end()) return std::nullopt;
  events::LogRecord record{found->first, std::move(*found->second.event)};
  position_ = record.position;
  while (!waiting_.empty() && waiting_.begin()->first <= position_) forget(waiting_.begin());
  return record;
}

void Merge::forget(Places::iterator place) {
  if (!place->second.event) --not_understood_;
  if (const auto source = waiting_of_.find(place->second.source); --source->second == 0)
    waiting_of_.erase(source);
  waiting_.erase(place);
}

std::size_t Merge::waiting_of(const Partition& source) const {
  const auto found = waiting_of_.find(source);
  return found == waiting_of_.end() ? 0 : found->second;
}

}  // namespace cloudcart::kafka
