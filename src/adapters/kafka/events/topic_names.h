#pragma once

#include <string>
#include <vector>

#include "events/order_event.h"

namespace cloudcart::kafka {

inline std::string topic_of(const std::string& prefix, std::string_view event_type) {
  return prefix + std::string{event_type};
}
inline std::vector<std::string> order_topics_of(const std::string& prefix) {
  std::vector<std::string> names;
  for (const auto type : events::order_topics) names.push_back(topic_of(prefix, type));
  return names;
}
/// Where records go that are none of ours.
inline std::string dead_letters_of(const std::string& prefix) {
  return prefix + "dead-letters";
}

}  // namespace cloudcart::kafka
