#pragma once

#include <string>

#include "http/message.h"
#include "http/web_url.h"

namespace cloudcart::http {

/// What is of use of an answer; what it says besides is dropped.
struct OutsideAnswer {
  int status = 0;
  std::string retry_after;  ///< the header; empty: none
};

/// Sends single requests to servers that others have named. A connection serves one request; redirects are
/// not followed.
class OutsideClient {
 public:
  virtual ~OutsideClient() = default;
  /// Posts `body`. Errors, with the reason in a few words: forbidden when the host has no address that may be reached, unavailable when no
  /// answer came by `deadline`. Nothing is sent twice; a request whose answer did not come may have arrived.
  virtual Task<Result<OutsideAnswer>> post(WebUrl url, Headers headers, std::string body,
                                           Deadline deadline) = 0;
  /// Ends the requests that are under way and refuses those that come: at shutdown nobody waits for servers
  /// that do not answer.
  virtual void stop() = 0;
};

}  // namespace cloudcart::http
