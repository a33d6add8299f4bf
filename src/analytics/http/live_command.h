#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "analytics/app/live_topic.h"
#include "analytics/domain/period.h"
#include "core/result.h"

namespace cloudcart::analytics {

/// What a client of the live socket asks for.
struct LiveCommand {
  enum class Action : std::uint8_t { subscribe, unsubscribe, ping };

  Action action = Action::ping;
  std::vector<LiveTopic> topics;
  std::optional<std::int64_t> after;  ///< a log position
  PeriodRequest period;               ///< of the overview
  std::vector<ProductId> products;    ///< whose stock is to be watched whether they are in orders or not
};

/// Errors: malformed_request, and validation_failed with every violation.
Result<LiveCommand> parse_live_command(std::string_view json);

}  // namespace cloudcart::analytics
