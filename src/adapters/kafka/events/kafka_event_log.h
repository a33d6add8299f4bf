#pragma once

#include <memory>
#include <string>

#include "adapters/kafka/client/client.h"
#include "events/event_log.h"
#include "runtime/event_loop.h"

namespace cloudcart::kafka {

struct EventLogOptions {
  Brokers brokers;
  std::string topic_prefix;
  std::size_t window = 4'096;  ///< newest records kept for readers that are close to each other
  std::size_t cursors = 8;     ///< places that are read from at once; each has a connection and buffers
  milliseconds settling{2'000};
  milliseconds patience{10'000};  ///< until a gap is told
};

/// The log as the relay has published it: positions are those of the log itself. Records of all topics and partitions are put
/// together in its order; records that others wrote there go to the topic <topic_prefix>dead-letters.
///
/// A read beyond the newest record answers at once, from what has arrived. Records that are missing, because somebody took them
/// from Kafka, are never skipped: `unavailable`, with the command that brings them back.
class KafkaEventLog final : public events::EventLog {
 public:
  explicit KafkaEventLog(EventLogOptions options);
  ~KafkaEventLog() override;

  Task<Result<std::vector<events::LogRecord>>> read(std::int64_t after, std::size_t limit,
                                                    Deadline deadline) override;
  Task<Result<std::int64_t>> end_position(Deadline deadline) override;
  Task<bool> wait_beyond(std::int64_t after, MonotonicTime until) override;
  /// Records beyond `after`, from the offsets: those that were published twice count twice.
  Task<Result<std::int64_t>> count_beyond(std::int64_t after, Deadline deadline) override;

  /// Asks Kafka for a sign of life each second, until stopped.
  Task<void> watch(BackgroundLoops::StopFlag stop);
  /// Whether it gave one when it was asked last.
  bool is_reachable() const;
  /// Records of others that were met since the start.
  std::uint64_t dead_letters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::kafka
