#pragma once

#include <span>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "order/ports/order_repository.h"

namespace cloudcart::order::tables {

/// An order that is to be written, with its events; what is pointed to outlives it.
struct WrittenOrder {
  const Order* order = nullptr;
  std::span<const events::OrderEvent> events;
  const HeldKey* key = nullptr;  ///< completed with the order; nullptr: it came without one
};

/// As many to a group as go into one statement, no order twice; in their order, but that what comes again comes later.
std::vector<std::vector<std::size_t>> in_groups(const std::vector<WrittenOrder>& orders);

/// Each order with its lines and events, or nothing of it, by one statement for all: its cost is in starting it. Where an id is
/// taken nothing is written and nothing fails. The answer has one row for each, in their order, for read_placed(). `events_before` were written in
/// the transaction already.
postgres::Query import_orders(const std::vector<WrittenOrder>& orders, std::size_t events_before);
/// The same for orders that are placed, with the completion of their keys; without those whose claim is not held any more or
/// whose id is closed. Runs after share_ids() in its transaction.
postgres::Query place_orders(const std::vector<WrittenOrder>& orders, std::size_t events_before);
enum class Placed : std::uint8_t { yes, claim_lost, id_closed, id_taken };
Placed read_placed(const postgres::Row& row);

}  // namespace cloudcart::order::tables
