#include "adapters/kafka/events/finder.h"

#include <algorithm>
#include <set>

#include "adapters/kafka/client/offsets.h"
#include "adapters/kafka/client/topics.h"

namespace cloudcart::kafka {
namespace {

/// Of a search only single records are wanted.
constexpr std::size_t fetched_at_once = 1 << 10;
constexpr milliseconds fetch_wait{5};

}  // namespace

Finder::Finder(const Brokers& brokers, std::vector<std::string> topics)
    : topics_(std::move(topics)),
      consumer_({.brokers = brokers, .fetch_bytes = fetched_at_once, .fetch_wait = fetch_wait}) {}

std::vector<Partition> Finder::partitions(MonotonicTime until) {
  std::vector<Partition> all;
  for (const auto& topic : topics_) {
    const auto some = partitions_of(consumer_.client(), topic, left_until(until));
    if (some.empty()) return {};
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

Offsets Finder::begins(const std::vector<Partition>& partitions, MonotonicTime until) {
  return begin_offsets(consumer_.client(), partitions, left_until(until));
}

Offsets Finder::ends(const std::vector<Partition>& partitions, MonotonicTime until) {
  return end_offsets(consumer_.client(), partitions, left_until(until));
}

std::map<Partition, Finder::Found> Finder::look_at(const Offsets& offsets, MonotonicTime until) {
  std::map<Partition, Found> found;
  if (offsets.empty()) return found;
  std::set<Partition> open;
  for (const auto& [partition, offset] : offsets) open.insert(partition);
  consumer_.assign(offsets);
  while (!open.empty()) {
    const auto message = consumer_.poll(left_until(until));
    if (!message) continue;
    const auto partition = partition_of(*message);
    if (!open.contains(partition)) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const auto place = read_place(*message);
      if (!place || message->offset < offsets.at(partition)) continue;
      found.emplace(partition, Found{message->offset, *place});
    } else if (message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      throw Failure(message->err);
    }
    open.erase(partition);
  }
  consumer_.assign({});
  return found;
}

Finder::Bounds Finder::find(const std::vector<Partition>& partitions, std::int64_t after,
                            MonotonicTime until) {
  const auto begin = begins(partitions, until);
  // Everything at `high` and behind it is beyond, nothing at `low` and before it.
  const auto ending = ends(partitions, until);
  auto high = ending;
  Offsets low, last;
  for (auto& [partition, end] : high) {
    const auto begins_at = begin.find(partition);
    low[partition] = (begins_at == begin.end() ? 0 : begins_at->second) - 1;
    if (end - 1 > low[partition]) last[partition] = end - 1;
  }
  const auto newest = look_at(last, until);
  std::int64_t edition = 0;
  for (const auto& [partition, found] : newest) edition = std::max(edition, found.place.edition);
  const auto is_beyond = [&](const Place& place) {
    return place.edition == edition && place.position > after;
  };
  for (const auto& [partition, found] : newest)
    if (!is_beyond(found.place)) low[partition] = found.offset;

  for (;;) {
    Offsets middle;
    for (const auto& [partition, end] : high)
      if (const auto before = low[partition]; before + 1 < end)
        middle[partition] = before + (end - before) / 2;
    if (middle.empty()) return {std::move(high), ending};
    const auto found = look_at(middle, until);
    for (const auto& [partition, offset] : middle) {
      const auto record = found.find(partition);
      if (record == found.end() || record->second.offset >= high[partition] ||
          is_beyond(record->second.place))
        high[partition] = offset;
      else
        low[partition] = record->second.offset;
    }
  }
}

std::int64_t Finder::newest(MonotonicTime until) {
  const auto end = ends(partitions(until), until);
  if (end == known_ends_) return known_newest_;
  Offsets last;
  bool is_another_log = false;
  for (const auto& [partition, offset] : end) {
    const auto known = known_ends_.find(partition);
    if (known != known_ends_.end() && known->second == offset) continue;
    if (known != known_ends_.end() && known->second > offset) is_another_log = true;
    if (offset > 0) last[partition] = offset - 1;
  }
  auto newest = is_another_log ? 0 : known_newest_;
  for (const auto& [partition, found] : look_at(last, until)) newest = std::max(newest, found.place.position);
  known_ends_ = end;
  known_newest_ = newest;
  return newest;
}

void Finder::ask(MonotonicTime until) {
  const rd_kafka_metadata_t* metadata = nullptr;
  check(rd_kafka_metadata(&consumer_.client(), 0, nullptr, &metadata, to_ms(left_until(until))));
  rd_kafka_metadata_destroy(metadata);
}

}  // namespace cloudcart::kafka
