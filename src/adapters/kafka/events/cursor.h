#pragma once

#include <deque>
#include <functional>
#include <set>
#include <stdexcept>

#include "adapters/kafka/events/dead_letters.h"
#include "adapters/kafka/events/finder.h"
#include "adapters/kafka/events/merge.h"

namespace cloudcart::kafka {

struct CursorOptions {
  ConsumerOptions consumer;
  std::size_t window =
      4'096;  ///< records that are kept behind the cursor, for readers at about the same place
  std::size_t waiting = 32'768;   ///< records of all partitions that wait for those before them
  milliseconds settling{2'000};   ///< a gap that lasts longer is looked into
  milliseconds patience{10'000};  ///< and one that lasts this long is told
};

/// Records are here, and those before them do not come.
struct Missing : std::runtime_error {
  explicit Missing(std::int64_t position);
};

/// Reads the log on from one position. Blocks; throws Failure and Missing. For one thread at a time.
class Cursor {
 public:
  /// `arrived` is called on a thread of the library when there may be something to read.
  Cursor(CursorOptions options, Finder& finder, DeadLetters& letters, std::int64_t position,
         std::function<void()> arrived, MonotonicTime until);

  /// Whether it can read on from `after`.
  bool covers(std::int64_t after) const { return begin_ <= after && after <= merge_.position(); }
  std::int64_t position() const { return merge_.position(); }
  /// Reads until there are `limit` records beyond `after`, or no more have come. Waits until `until` as long as it does not know
  /// that the end has been reached.
  void read_on(std::int64_t after, std::size_t limit, MonotonicTime until);
  /// What is here, at most `limit` records beyond `after`.
  std::vector<events::LogRecord> take(std::int64_t after, std::size_t limit) const;
  /// Records beyond `after` that are known or lie on the topics; those that were published twice count twice.
  std::int64_t count_beyond(std::int64_t after, MonotonicTime until);

 private:
  void begin_at(Finder::Bounds bounds);
  void begin_at_position(MonotonicTime until);
  bool poll(milliseconds wait);
  void take_in(const rd_kafka_message_t& message);
  void take_in_record(const rd_kafka_message_t& message, const Partition& partition);
  void fill_window(std::int64_t after, std::size_t limit);
  /// Whatever there was has come: the partitions have been read to their ends, or are stopped because others are.
  bool has_settled() const;
  std::size_t beyond(std::int64_t after) const;
  void look_into_gap(MonotonicTime until);
  void find_topics_again(MonotonicTime until);
  void search_before_gap(MonotonicTime until);
  std::size_t bound_of_partition() const;

  const CursorOptions options_;
  Finder& finder_;
  DeadLetters& letters_;
  Consumer consumer_;
  std::vector<Partition> partitions_;
  Offsets next_;    ///< to be read, by partition
  Offsets unread_;  ///< where partitions ended when it began, of those that it has not read so far
  std::set<Partition> paused_;
  bool is_lost_ = false;  ///< the offsets are not those of the topics
  Merge merge_;
  std::deque<events::LogRecord> window_;
  std::int64_t begin_;  ///< the window has every record beyond it up to the merge's position
  std::optional<MonotonicTime> gap_since_;
  MonotonicTime next_search_ = MonotonicTime::min();
  int searches_ = 0;  ///< since the last record
};

}  // namespace cloudcart::kafka
