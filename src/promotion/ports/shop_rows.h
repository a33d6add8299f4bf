#pragma once

#include <memory>
#include <optional>

#include "core/caller.h"
#include "core/result.h"
#include "promotion/domain/batch.h"
#include "runtime/task.h"

namespace cloudcart::promotion {

/// Reads a table from its beginning, or from behind a row, to its end.
class RowReader {
 public:
  virtual ~RowReader() = default;
  /// Up to `limit` rows in order of the key; fewer only at the end. The caller waits for the answer before it asks again.
  virtual Task<Result<Batch>> next(std::size_t limit, Deadline deadline) = 0;
};

/// A shop as tables, on one engine.
class ShopRows {
 public:
  virtual ~ShopRows() = default;
  virtual Task<Result<std::int64_t>> count(const Table& table, Deadline deadline) = 0;
  /// `after`: a key, see key_of(); nothing: from the beginning. Lives at most as long as the shop.
  virtual std::unique_ptr<RowReader> read(const Table& table, std::optional<Batch> after) = 0;
};

}  // namespace cloudcart::promotion
