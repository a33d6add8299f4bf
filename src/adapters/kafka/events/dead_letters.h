#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "adapters/kafka/client/client.h"
#include "adapters/kafka/client/consumer.h"
#include "adapters/kafka/client/producer.h"

namespace cloudcart::kafka {

/// Records on the topics that are none of ours, on their way to a topic of their own. The letters that are there tell how far each
/// partition has been cleared, so that whoever meets such a record again, in whichever process, leaves it. Only
/// of those who meet it first at the same moment both may bring it. For one thread at a time.
class DeadLetters {
 public:
  DeadLetters(Brokers brokers, std::string prefix)
      : brokers_(std::move(brokers)), prefix_(std::move(prefix)) {}

  /// Keeps a copy, if it is not known to have been brought.
  void add(const rd_kafka_message_t& message, const std::string& reason);
  /// Brings what was added; after a failure it is kept for the next time.
  void bring(MonotonicTime until);
  /// How many were added. For any thread.
  std::uint64_t added() const { return added_.load(); }

 private:
  using Place = std::pair<Partition, std::int64_t>;
  void bring_all(MonotonicTime until);
  /// Reads the letters that came since it was called last, by whomever.
  void look_at_letters(MonotonicTime until);
  void take_note_of(const rd_kafka_message_t& letter);

  const Brokers brokers_;
  const std::string prefix_;
  std::unique_ptr<Producer> producer_;
  std::unique_ptr<Consumer> reader_;  ///< of the letters
  Offsets looked_at_;                 ///< the next letter to be read
  std::map<Place, Outgoing> kept_;
  bool is_told_ = false;  ///< that they cannot be brought
  Offsets cleared_;       ///< everything before has been brought
  std::atomic<std::uint64_t> added_{0};
};

}  // namespace cloudcart::kafka
