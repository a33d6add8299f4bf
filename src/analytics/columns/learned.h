#pragma once

#include <string>
#include <variant>
#include <vector>

#include "analytics/columns/order_change.h"
#include "analytics/domain/report.h"
#include "core/caller.h"

namespace cloudcart::analytics {

struct NewCustomer {
  std::uint32_t number;
  UserId user;
};
struct NewItem {
  std::uint32_t number;
  ProductId product;
  std::string category;
};
struct ItemName {
  std::uint32_t item;
  Timestamp at;
  std::string name;
};
/// An order's change, and how the order now stands in a list of orders; empty as long as it is neither placed nor a
/// credit note.
struct ChangedOrder {
  OrderChange change;
  std::optional<OrderSummary> summary;
};
struct LastEvent {
  Timestamp at;
};

/// What a batch of events has told of each shop, in the order in which memory has to learn it.
using Lesson = std::variant<NewCustomer, NewItem, ItemName, ChangedOrder, LastEvent>;
using Learned = std::vector<std::pair<TenantId, Lesson>>;

}  // namespace cloudcart::analytics
