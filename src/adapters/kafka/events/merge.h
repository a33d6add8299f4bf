#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "adapters/kafka/client/client.h"
#include "adapters/kafka/events/record.h"

namespace cloudcart::kafka {

/// Puts the log together again from records of many partitions, each of which tells the position of the record before it in
/// the log. Pure. Behind position p comes the record with previous <= p < position that has the lowest position: the log has
/// nothing between the two. So nothing is skipped and nothing comes twice, in whatever order and however often records
/// arrive.
class Merge {
 public:
  explicit Merge(std::int64_t position) : position_(position) {}

  /// Everything up to it has been given out.
  std::int64_t position() const { return position_; }
  /// Whether a record of this position is still wanted.
  bool wants(std::int64_t position) const;

  /// A record as it arrived. Without an event it was not understood: it is passed over once a record follows that names it as
  /// the one before.
  void add(Place place, const Partition& source, std::optional<events::OrderEvent> event);
  /// The next record of the log, if it is here.
  std::optional<events::LogRecord> next();

  /// Records are here, and the one that comes next is not. Asked when next() has none.
  bool has_gap() const { return waiting_.size() > not_understood_; }
  /// How many records of the partition wait here.
  std::size_t waiting_of(const Partition& source) const;
  std::size_t waiting() const { return waiting_.size(); }
  /// The highest position that arrived, or the position.
  std::int64_t newest() const { return newest_; }

 private:
  struct Waiting {
    std::int64_t previous;
    Partition source;
    std::optional<events::OrderEvent> event;
  };
  using Places = std::map<std::int64_t, Waiting>;

  Places::iterator find_next();
  void forget(Places::iterator place);

  std::int64_t position_;
  std::int64_t newest_ = position_;
  std::size_t not_understood_ = 0;  ///< of those that wait
  Places waiting_;                  ///< by position, all beyond position_
  std::map<Partition, std::size_t> waiting_of_;
};

}  // namespace cloudcart::kafka
