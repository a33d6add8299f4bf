#include "adapters/kafka/events/dead_letters.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "adapters/kafka/client/consumer.h"
#include "adapters/kafka/client/group.h"
#include "adapters/kafka/events/topic_names.h"

namespace cloudcart::kafka {
namespace {

/// More stay where they are, on the topic itself.
constexpr std::size_t most_kept = 1'000;

std::string_view key_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.key), message.key_len};
}

}  // namespace

void DeadLetters::add(const rd_kafka_message_t& message, const std::string& reason) {
  const auto partition = partition_of(message);
  const auto cleared = cleared_.find(partition);
  if (cleared != cleared_.end() && message.offset < cleared->second) return;
  if (kept_.size() >= most_kept) return;
  kept_.try_emplace({partition, message.offset},
                    Outgoing{.topic = dead_letters_of(prefix_),
                             .key = std::string{key_of(message)},
                             .value = std::string{value_of(message)},
                             .headers = {{"topic", partition.topic},
                                         {"partition", std::to_string(partition.number)},
                                         {"offset", std::to_string(message.offset)},
                                         {"reason", reason}}});
}

void DeadLetters::bring(MonotonicTime until) {
  if (kept_.empty()) return;
  try {
    bring_all(until);
    is_told_ = false;
  } catch (const Failure& failure) {
    producer_.reset();
    if (!std::exchange(is_told_, true))
      spdlog::warn("Records that are no events of the log wait to be moved to {}: {}.",
                   dead_letters_of(prefix_), failure.what());
  }
}

void DeadLetters::bring_all(MonotonicTime until) {
  if (!producer_) producer_ = std::make_unique<Producer>(brokers_);
  const auto group = prefix_ + "cloudcart-dead-letters";
  const auto left = [until] {
    return std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
  };
  std::vector<Partition> partitions;
  for (const auto& [place, letter] : kept_)
    if (partitions.empty() || partitions.back() != place.first) partitions.push_back(place.first);
  for (const auto& [partition, offset] : group_offsets(producer_->client(), group, partitions, left()))
    cleared_[partition] = std::max(cleared_[partition], offset);
  std::erase_if(kept_, [&](const auto& entry) {
    const auto cleared = cleared_.find(entry.first.first);
    return cleared != cleared_.end() && entry.first.second < cleared->second;
  });
  if (kept_.empty()) return;

  std::vector<Outgoing> letters;
  Offsets behind;
  for (const auto& [place, letter] : kept_) {
    letters.push_back(letter);
    behind[place.first] = place.second + 1;
  }
  producer_->send(letters, until);
  for (const auto& [place, letter] : kept_)
    spdlog::warn("Record {} of {}, partition {}, is no event of the log and was moved to {}: {}",
                 place.second, place.first.topic, place.first.number, letter.topic,
                 letter.headers.back().second);
  kept_.clear();
  for (const auto& [partition, offset] : behind) cleared_[partition] = offset;
  set_group_offsets(producer_->client(), group, behind, left());
}

}  // namespace cloudcart::kafka
