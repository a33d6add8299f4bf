#pragma once

#include <string>
#include <string_view>

#include "core/timestamp.h"

namespace cloudcart::audit {

/// Outcomes beside the error codes: an action that was refused or failed has the word of its error.
inline constexpr std::string_view outcome_begun = "begun";
inline constexpr std::string_view outcome_done = "done";

/// One thing that is recorded of an action of the staff: that it begins, or how it ended.
struct Entry {
  Timestamp at;
  std::string
      actor;  ///< the account's id; "service" for a command of the operator; "nobody" before anyone was there
  std::string role;     ///< of the actor at that moment
  std::string action;   ///< e.g. "product.update"
  std::string target;   ///< what it was done to, mostly an id; empty where the action says it all
  std::string address;  ///< of the client
  /// The same in both entries of an action, in its answer and in the log; of a client that chose one that is no UUID,
  /// which may say anything, the log has another beside it.
  std::string request_id;
  std::string outcome;
  std::string details = "{}";  ///< a JSON object with what was asked for
};

/// The JSON text that is stored and hashed.
std::string to_json(const Entry& entry);

}  // namespace cloudcart::audit
