#include "adapters/kafka/events/cursor.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace cloudcart::kafka {
namespace {

constexpr milliseconds poll_slice{50};
/// In the middle of the log a full batch is worth a moment.
constexpr milliseconds batch_wait{20};
/// A relay publishes as many records at most twice when it dies.
constexpr std::int64_t published_twice = 1'000;
constexpr milliseconds topics_interval{500};
constexpr milliseconds first_search_pause{1'000}, longest_search_pause{15'000};

}  // namespace

Missing::Missing(std::int64_t position)
    : std::runtime_error(fmt::format(
          "Kafka lacks events of the log behind position {}: `cloudcart events republish` brings them back.",
          position)) {}

Cursor::Cursor(CursorOptions options, Finder& finder, DeadLetters& letters, std::int64_t position,
               std::function<void()> arrived, MonotonicTime until)
    : options_(std::move(options)),
      finder_(finder),
      letters_(letters),
      consumer_(options_.consumer),
      merge_(position),
      begin_(position) {
  begin_at_position(until);
  consumer_.on_arrival(std::move(arrived));
}

void Cursor::begin_at_position(MonotonicTime until) {
  partitions_ = finder_.partitions(until);
  begin_at(finder_.find(partitions_, merge_.position(), until));
  // Without topics there is nothing; they are looked for again.
  is_lost_ = partitions_.empty();
}

void Cursor::begin_at(Finder::Bounds bounds) {
  merge_ = Merge(merge_.position());
  paused_.clear();
  unread_.clear();
  for (const auto& [partition, end] : bounds.end)
    if (bounds.begin[partition] < end) unread_.emplace(partition, end);
  next_ = std::move(bounds.begin);
  consumer_.assign(next_);
}

std::size_t Cursor::bound_of_partition() const {
  return std::max<std::size_t>(256, options_.waiting / std::max<std::size_t>(1, partitions_.size()));
}

bool Cursor::has_settled() const {
  return std::ranges::all_of(unread_, [&](const auto& entry) { return paused_.contains(entry.first); });
}

std::size_t Cursor::beyond(std::int64_t after) const {
  const auto first = std::ranges::upper_bound(window_, after, {}, &events::LogRecord::position);
  return static_cast<std::size_t>(window_.end() - first);
}

void Cursor::read_on(std::int64_t after, std::size_t limit, MonotonicTime until) {
  if (is_lost_) find_topics_again(until);
  for (;;) {
    fill_window(after, limit);
    const auto found = beyond(after);
    if (found >= limit) return;
    auto wait = milliseconds::zero();
    if (!has_settled()) wait = found == 0 ? poll_slice : batch_wait;
    if (poll(wait)) continue;
    if (found > 0 || has_settled()) break;
    if (now() >= until) throw Failure(RD_KAFKA_RESP_ERR__TIMED_OUT);
  }
  if (beyond(after) == 0) look_into_gap(until);
}

std::vector<events::LogRecord> Cursor::take(std::int64_t after, std::size_t limit) const {
  const auto first = std::ranges::upper_bound(window_, after, {}, &events::LogRecord::position);
  const auto count = std::min(limit, static_cast<std::size_t>(window_.end() - first));
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

bool Cursor::poll(milliseconds wait) {
  const auto message = consumer_.poll(wait);
  if (!message) return false;
  take_in(*message);
  return true;
}

void Cursor::take_in(const rd_kafka_message_t& message) {
  const auto partition = partition_of(message);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      take_in_record(message, partition);
      return;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      unread_.erase(partition);
      return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      is_lost_ = true;
      return;
    default:
      if (Failure::is_missing(message.err)) is_lost_ = true;
      spdlog::debug("Kafka: {}", rd_kafka_message_errstr(&message));
  }
}

void Cursor::take_in_record(const rd_kafka_message_t& message, const Partition& partition) {
  next_[partition] = message.offset + 1;
  if (const auto unread = unread_.find(partition);
      unread != unread_.end() && unread->second <= message.offset + 1)
    unread_.erase(unread);
  const auto place = read_place(message);
  if (!place) {
    letters_.add(message, place.error());
    return;
  }
  if (!merge_.wants(place->position)) return;
  auto event = read_event(message);
  if (event) {
    merge_.add(*place, partition, *std::move(event));
    if (merge_.waiting_of(partition) >= bound_of_partition() && paused_.insert(partition).second)
      consumer_.pause(partition);
  } else {
    letters_.add(message, event.error());
    merge_.add(*place, partition, std::nullopt);
  }
}

/// Takes no more than the reader wants, and keeps what he has not read.
void Cursor::fill_window(std::int64_t after, std::size_t limit) {
  const auto before = merge_.position();
  for (auto found = beyond(after); found < limit; ++found) {
    auto record = merge_.next();
    if (!record) break;
    window_.push_back(*std::move(record));
  }
  if (merge_.position() == before) return;
  gap_since_.reset();
  searches_ = 0;
  while (window_.size() > options_.window && window_.front().position <= after) {
    begin_ = window_.front().position;
    window_.pop_front();
  }
  for (auto paused = paused_.begin(); paused != paused_.end();) {
    if (merge_.waiting_of(*paused) > bound_of_partition() / 4) {
      ++paused;
      continue;
    }
    consumer_.resume(*paused);
    paused = paused_.erase(paused);
  }
}

void Cursor::look_into_gap(MonotonicTime until) {
  if (!merge_.has_gap()) {
    gap_since_.reset();
    searches_ = 0;
    return;
  }
  if (!gap_since_) gap_since_ = now();
  const auto lasted = now() - *gap_since_;
  if (lasted >= options_.settling) search_before_gap(until);
  if (lasted >= options_.patience) throw Missing(merge_.position());
}

void Cursor::find_topics_again(MonotonicTime until) {
  if (now() < next_search_) return;
  next_search_ = now() + topics_interval;
  begin_at_position(until);
}

/// First where the position should be; then before what may have been published twice; then, once, everything.
void Cursor::search_before_gap(MonotonicTime until) {
  if (now() < next_search_) return;
  next_search_ = now() + std::min(first_search_pause * (1 << std::min(searches_, 4)), longest_search_pause);
  begin_at_position(until);
  const auto attempt = searches_++;
  if (attempt == 0) return;
  const auto begins = finder_.begins(partitions_, until);
  Finder::Bounds bounds{next_, finder_.ends(partitions_, until)};
  for (auto& [partition, offset] : bounds.begin) {
    const auto begin = begins.contains(partition) ? begins.at(partition) : 0;
    offset = attempt == 2 ? begin : std::max(begin, offset - published_twice);
  }
  begin_at(std::move(bounds));
}

std::int64_t Cursor::count_beyond(std::int64_t after, MonotonicTime until) {
  auto count = static_cast<std::int64_t>(beyond(after) + merge_.waiting());
  for (const auto& [partition, end] : finder_.ends(partitions_, until))
    if (const auto next = next_.find(partition); next != next_.end())
      count += std::max<std::int64_t>(0, end - next->second);
  return count;
}

}  // namespace cloudcart::kafka
