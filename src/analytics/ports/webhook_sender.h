#pragma once

#include <string>

#include "analytics/domain/alert.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::analytics {

struct WebhookCall {
  Webhook webhook;
  AlertEventId event;  ///< the same in every attempt, so that a receiver can tell what it has had
  std::string body;    ///< JSON
  Timestamp at;        ///< of this attempt; part of what is signed
};

/// Brings events to where staff want them. At least once: an attempt whose answer did not come may have
/// arrived.
class WebhookSender {
 public:
  virtual ~WebhookSender() = default;
  /// Done when the receiver has taken the event. Errors, with the reason in a few words and without the
  /// secret: forbidden for an address that may not be reached, unavailable for everything else.
  virtual Task<Status> send(WebhookCall call, Deadline deadline) = 0;
  /// Ends the calls that are under way and refuses those that come.
  virtual void stop() = 0;
};

}  // namespace cloudcart::analytics
