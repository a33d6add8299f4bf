#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/event_log.h"

namespace cloudcart::events {

/// A record on its way out. Readers put the log together again by `previous`.
struct Publication {
  LogRecord record;
  std::int64_t previous = 0;  ///< the position of the record before it in the log; 0: it is the first
};

/// Where the log is published to. Errors: unavailable, deadline_exceeded.
class Publisher {
 public:
  virtual ~Publisher() = default;
  /// Makes ready what is published to. False when what was published up to `mark` is not there any more; nothing is looked for
  /// when `mark` is empty.
  virtual Task<Result<bool>> prepare(std::string mark, Deadline deadline) = 0;
  /// Publishes all of `records`, of one edition, behind what `mark` tells of, and answers the mark that tells of them too. After
  /// an error some may be published all the same; they may be published again.
  virtual Task<Result<std::string>> publish(std::string mark, std::int64_t edition,
                                            std::vector<Publication> records, Deadline deadline) = 0;
};

}  // namespace cloudcart::events
