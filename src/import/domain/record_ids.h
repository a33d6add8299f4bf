#pragma once

#include <string>
#include <string_view>

#include "core/id.h"
#include "core/timestamp.h"

namespace cloudcart::history {

/// The ids of what a source brings: the same for the same source on every run, in every data folder.
class RecordIds {
 public:
  explicit RecordIds(std::string source) : source_(std::move(source)) {}

  ProductId product(std::string_view sku) const;
  UserId customer(std::string_view key) const;
  UserId guest(std::string_view document, bool is_cancellation) const;
  /// `time`: the document's own, before any shift. Ids of orders sort by it.
  OrderId order(std::string_view document, bool is_cancellation, Timestamp time) const;
  EventId event(std::string_view document, bool is_cancellation, int version, Timestamp time) const;

 private:
  Uuid make(Timestamp time, std::string_view kind, std::string_view key) const;

  std::string source_;
};

}  // namespace cloudcart::history
