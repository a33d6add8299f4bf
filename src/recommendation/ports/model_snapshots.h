#pragma once

#include <optional>
#include <string>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::recommendation {

/// Keeps one snapshot of what the recommender has learnt, as bytes that it makes and checks itself, so that a start
/// need not go through the whole log. Losing it costs time only.
///
/// A save replaces what was there before, whole or not at all, whatever happens meanwhile. Errors: unavailable.
class ModelSnapshots {
 public:
  virtual ~ModelSnapshots() = default;
  virtual Task<Status> save(std::string bytes, Deadline deadline) = 0;
  /// Empty when none was saved.
  virtual Task<Result<std::optional<std::string>>> load(Deadline deadline) = 0;
};

}  // namespace cloudcart::recommendation
