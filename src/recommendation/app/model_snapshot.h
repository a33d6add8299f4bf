#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/caller.h"
#include "core/result.h"
#include "recommendation/domain/lessons.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

/// What is kept of a shop's model: its facts, and what was learnt about how to weigh them. Counts and regressions
/// are made anew, which takes less time than reading them would.
struct KeptModel {
  OrderBook book;
  Lessons lessons;
};

/// All shops' models at one position of the log.
struct ModelSnapshot {
  std::int64_t position = 0;
  EventId last_event;        ///< at that position: which log it is
  std::int64_t version = 0;  ///< of the models
  std::map<TenantId, KeptModel> models;
};

/// Puts a snapshot together, shop by shop. The form: a head (magic, form's version, length and CRC-32 of the rest),
/// then position, last event, models' version, number of shops, and of each its name, lessons and book.
class SnapshotWriter {
 public:
  SnapshotWriter(std::int64_t position, EventId last_event, std::int64_t version, std::uint32_t shops);
  /// `write_book` appends the book as OrderBook::write() does.
  void add(const TenantId& tenant, const Lessons& lessons,
           const std::function<void(std::string& out)>& write_book);
  std::string finish() &&;

 private:
  std::string bytes_;
};

/// Fails with what is wrong with it: another form, cut off, changed, or not from here.
Result<ModelSnapshot> read_snapshot(std::string_view bytes);

}  // namespace cloudcart::recommendation
