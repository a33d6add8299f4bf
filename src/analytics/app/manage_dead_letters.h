#pragma once

#include "analytics/app/live_feed.h"
#include "analytics/ports/dead_letters.h"
#include "core/caller.h"

namespace cloudcart::analytics {

/// The events that could not be added up: what they are, and another try.
class ManageDeadLetters {
 public:
  ManageDeadLetters(DeadLetters& letters, LiveFeed& feed) : letters_(letters), feed_(feed) {}
  Task<Result<DeadLetters::Page>> list(Caller caller, std::int64_t offset, std::int64_t limit);
  /// Errors: not_found; conflict when the event cannot be added up now either.
  Task<Status> retry(Caller caller, std::int64_t position);

 private:
  DeadLetters& letters_;
  LiveFeed& feed_;
};

}  // namespace cloudcart::analytics
