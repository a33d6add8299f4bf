#include "analytics/app/live_topic.h"

#include <algorithm>
#include <array>

namespace cloudcart::analytics {
namespace {

constexpr std::array<std::string_view, live_topic_count> words{"overview", "orders", "stock",
                                                               "recommendations", "alerts"};

}  // namespace

std::string_view to_string(LiveTopic topic) {
  return words[static_cast<std::size_t>(topic)];
}

std::optional<LiveTopic> parse_live_topic(std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<LiveTopic>(found - words.begin());
}

bool is_state(LiveTopic topic) {
  return topic == LiveTopic::stock || topic == LiveTopic::recommendations;
}

bool may_follow(LiveTopic topic, Role role) {
  if (topic == LiveTopic::stock) return role == Role::staff || role == Role::admin;
  return role != Role::customer;
}

}  // namespace cloudcart::analytics
