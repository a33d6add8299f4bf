#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "adapters/kafka/client/client.h"

namespace cloudcart::kafka {

struct ConsumerOptions {
  Brokers brokers;
  /// Kept in memory of what was fetched and not taken. When it is full the library pauses for a second.
  std::size_t buffered_bytes = 16 << 20;
  /// Fetched at once of one partition, about.
  std::size_t fetch_bytes = 64 << 10;
  /// How long a broker waits for news. Partitions that are begun meanwhile wait as well.
  milliseconds fetch_wait{500};
};

/// Reads partitions from offsets that it is told, and belongs to no group: the library's consumers with groups turn in circles
/// while there is no coordinator, and do not end before it has taken their commits. For one thread at a time.
class Consumer {
 public:
  explicit Consumer(const ConsumerOptions& options);
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// Reads these partitions from there on, and no others.
  void assign(const Offsets& offsets);
  /// The next message, which may be an error: the end of a partition is one. Null when none came in time.
  Message poll(milliseconds wait);
  /// What has come of the partition and was not taken is dropped, and fetched again after resume().
  void pause(const Partition& partition);
  void resume(const Partition& partition);
  /// Calls `arrived` on a thread of the library when something has come while there was nothing.
  void on_arrival(std::function<void()> arrived);

  rd_kafka_t& client() { return *handle_; }

 private:
  rd_kafka_topic_t& topic(const std::string& name);
  void stop_all();

  Handle handle_;
  Queue queue_;
  std::map<std::string, Topic> topics_;
  std::vector<Partition> started_;
  std::function<void()> arrived_;
};

Partition partition_of(const rd_kafka_message_t& message);
std::string_view value_of(const rd_kafka_message_t& message);
/// The last header of this name.
std::optional<std::string_view> header_of(const rd_kafka_message_t& message, const char* name);
/// The same as a number; nullopt also for one that is negative, or none.
std::optional<std::int64_t> number_in(const rd_kafka_message_t& message, const char* name);

}  // namespace cloudcart::kafka
