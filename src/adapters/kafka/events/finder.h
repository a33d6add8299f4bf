#pragma once

#include <optional>

#include "adapters/kafka/client/consumer.h"
#include "adapters/kafka/events/record.h"

namespace cloudcart::kafka {

/// Finds places in the topics by looking at single records. Blocks; throws Failure. For one thread at a time.
class Finder {
 public:
  Finder(const Brokers& brokers, std::vector<std::string> topics);

  /// All partitions of all topics; none while a topic is missing.
  std::vector<Partition> partitions(MonotonicTime until);
  Offsets begins(const std::vector<Partition>& partitions, MonotonicTime until);
  Offsets ends(const std::vector<Partition>& partitions, MonotonicTime until);
  struct Bounds {
    Offsets begin;
    Offsets end;  ///< of the partitions, as they are now
  };
  /// Where to begin so as to meet every record beyond `after` of the newest edition. A binary search, for
  /// within an edition positions grow along a partition. They do not where a batch was published twice: what is found may
  /// then lie too far, by as much as was published twice at most when that happened at once.
  Bounds find(const std::vector<Partition>& partitions, std::int64_t after, MonotonicTime until);
  /// The highest position in the last records of the partitions; 0 without any.
  std::int64_t newest(MonotonicTime until);
  /// Asks the cluster for a sign of life.
  void ask(MonotonicTime until);
  rd_kafka_t& client() { return consumer_.client(); }

 private:
  struct Found {
    std::int64_t offset;
    Place place;
  };
  /// The first record at or behind each offset whose headers can be read; none where there is none.
  std::map<Partition, Found> look_at(const Offsets& offsets, MonotonicTime until);

  const std::vector<std::string> topics_;
  Consumer consumer_;
  Offsets known_ends_;
  std::int64_t known_newest_ = 0;
};

}  // namespace cloudcart::kafka
