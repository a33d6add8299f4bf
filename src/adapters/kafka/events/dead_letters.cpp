#include "adapters/kafka/events/dead_letters.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "adapters/kafka/client/offsets.h"
#include "adapters/kafka/client/topics.h"
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
  const auto placed = kept_.try_emplace({partition, message.offset},
                                        Outgoing{.topic = dead_letters_of(prefix_),
                                                 .key = std::string{key_of(message)},
                                                 .value = std::string{value_of(message)},
                                                 .headers = {{"topic", partition.topic},
                                                             {"partition", std::to_string(partition.number)},
                                                             {"offset", std::to_string(message.offset)},
                                                             {"reason", reason}}});
  if (placed.second) ++added_;
}

void DeadLetters::bring(MonotonicTime until) {
  if (kept_.empty()) return;
  try {
    bring_all(until);
    is_told_ = false;
  } catch (const Failure& failure) {
    producer_.reset();
    reader_.reset();
    if (!std::exchange(is_told_, true))
      spdlog::warn("Records that are no events of the log wait to be moved to {}: {}.",
                   dead_letters_of(prefix_), failure.what());
  }
}

void DeadLetters::bring_all(MonotonicTime until) {
  if (!producer_) producer_ = std::make_unique<Producer>(brokers_);
  look_at_letters(until);
  std::erase_if(kept_, [&](const auto& entry) {
    const auto cleared = cleared_.find(entry.first.first);
    return cleared != cleared_.end() && entry.first.second < cleared->second;
  });
  if (kept_.empty()) return;

  std::vector<Outgoing> letters;
  for (const auto& [place, letter] : kept_) letters.push_back(letter);
  producer_->send(letters, until);
  for (const auto& [place, letter] : kept_) {
    cleared_[place.first] = place.second + 1;
    spdlog::warn("Record {} of {}, partition {}, is no event of the log and was moved to {}: {}",
                 place.second, place.first.topic, place.first.number, letter.topic,
                 letter.headers.back().second);
  }
  kept_.clear();
}

void DeadLetters::look_at_letters(MonotonicTime until) {
  if (!reader_) reader_ = std::make_unique<Consumer>(ConsumerOptions{.brokers = brokers_});
  const auto partitions = partitions_of(reader_->client(), dead_letters_of(prefix_), left_until(until));
  const auto begins = begin_offsets(reader_->client(), partitions, left_until(until));
  const auto ends = end_offsets(reader_->client(), partitions, left_until(until));
  Offsets open;
  for (const auto& [partition, end] : ends) {
    auto& next = looked_at_[partition];
    if (end < next) next = 0;  // the topic is another one
    if (const auto begin = begins.find(partition); begin != begins.end())
      next = std::max(next, begin->second);
    if (next < end) open.emplace(partition, next);
  }
  if (open.empty()) return;
  reader_->assign(open);
  while (!open.empty()) {
    const auto message = reader_->poll(left_until(until));
    if (!message) continue;
    const auto partition = partition_of(*message);
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      open.erase(partition);
      continue;
    }
    check(message->err);
    take_note_of(*message);
    auto& next = looked_at_[partition];
    next = message->offset + 1;
    if (next >= ends.at(partition)) open.erase(partition);
  }
  reader_->assign({});
}

/// Others may write here as well.
void DeadLetters::take_note_of(const rd_kafka_message_t& letter) {
  const auto topic = header_of(letter, "topic");
  const auto partition = number_in(letter, "partition"), offset = number_in(letter, "offset");
  if (!topic || !partition || !offset) return;
  auto& cleared = cleared_[{std::string{*topic}, static_cast<std::int32_t>(*partition)}];
  cleared = std::max(cleared, *offset + 1);
}

}  // namespace cloudcart::kafka
