#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "core/caller.h"

namespace cloudcart::analytics {

/// What can be followed as it happens.
enum class LiveTopic : std::uint8_t {
  overview,
  orders,
  stock,            ///< of single products, a message for each that changed
  recommendations,  ///< the state of the model
  alerts,
};
inline constexpr std::size_t live_topic_count = 5;

std::string_view to_string(LiveTopic topic);
std::optional<LiveTopic> parse_live_topic(std::string_view word);

/// Whether messages of a topic tell how something is now: then the newest of each thing is enough, and who begins to
/// follow wants to know it. The other topics tell what happened.
bool is_state(LiveTopic topic);
/// Analysts follow what they may read; the stock is for those who may change it.
bool may_follow(LiveTopic topic, Role role);

/// A set of topics.
class LiveTopics {
 public:
  constexpr LiveTopics() = default;
  constexpr LiveTopics(std::initializer_list<LiveTopic> topics) {
    for (const auto topic : topics) add(topic);
  }

  constexpr void add(LiveTopic topic) { bits_ |= bit(topic); }
  void add(LiveTopics other) { bits_ |= other.bits_; }
  void remove(LiveTopics other) { bits_ &= static_cast<std::uint8_t>(~other.bits_); }
  bool contains(LiveTopic topic) const { return (bits_ & bit(topic)) != 0; }
  bool has_any(LiveTopics other) const { return (bits_ & other.bits_) != 0; }
  bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint8_t bit(LiveTopic topic) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(topic));
  }
  std::uint8_t bits_ = 0;
};

}  // namespace cloudcart::analytics
