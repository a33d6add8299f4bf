#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/ports/analytics_store.h"

namespace cloudcart::analytics {

/// An event that could not be added up.
struct DeadLetter {
  std::int64_t position = 0;  ///< in the log
  events::OrderEvent event;
  std::string reason;  ///< a sentence
  std::int64_t attempts = 0;
  bool operator==(const DeadLetter&) const = default;
};

/// What AnalyticsStore::apply() could not add up. It is kept, and the log goes on beyond it.
///
/// Atomicity: a letter is kept in the transaction that moves the position beyond its event; a retry adds the event up
/// and removes the letter in one. Idempotency: an event is added up once, however often it is tried. Errors:
/// unavailable, overloaded, deadline_exceeded; retry() also outcome_unknown.
class DeadLetters {
 public:
  struct Page {
    std::vector<DeadLetter> letters;
    std::int64_t total = 0;
  };
  struct Retried {
    std::optional<std::string> reason;  ///< why it failed again; then the letter stays
    Applied applied;
  };

  virtual ~DeadLetters() = default;
  /// In order of position, from the one with index `offset` on.
  virtual Task<Result<Page>> list_dead_letters(TenantId tenant, std::int64_t offset, std::int64_t limit,
                                               Deadline deadline) = 0;
  /// Errors: not_found too.
  virtual Task<Result<Retried>> retry_dead_letter(TenantId tenant, std::int64_t position,
                                                  Deadline deadline) = 0;
};

}  // namespace cloudcart::analytics
