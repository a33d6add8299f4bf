#pragma once

#include <string>

#include "promotion/ports/shop_rows.h"

namespace cloudcart::promotion {

/// Where a shop moves to. A batch is there as a whole or not at all, and what is there is the progress: who goes on after
/// a crash asks for the last key.
class ShopTarget : public ShopRows {
 public:
  enum class Begun : std::uint8_t {
    anew,      ///< nothing was there
    again,     ///< a promotion of this source was broken off
    finished,  ///< this source has been promoted before; nothing may be written any more
  };
  /// Marks the target as unfinished: nobody can serve it until finish(). Errors: conflict, with a sentence, when there is
  /// something else, or when somebody serves it or promotes to it right now.
  virtual Task<Result<Begun>> begin(std::string source, Timestamp now, Deadline deadline) = 0;
  /// Of the last row in order of the key; nothing when there is none.
  virtual Task<Result<std::optional<Batch>>> last_key(const Table& table, Deadline deadline) = 0;
  /// Rows beyond the last key; of a table with one row the row that replaces it.
  virtual Task<Status> append(const Table& table, Batch rows, Deadline deadline) = 0;
  /// All rows of the table are there: makes what goes with them. May be done again.
  virtual Task<Status> complete(const Table& table, Deadline deadline) = 0;
  /// Takes the mark away.
  virtual Task<Status> finish(Timestamp now, Deadline deadline) = 0;
};

}  // namespace cloudcart::promotion
