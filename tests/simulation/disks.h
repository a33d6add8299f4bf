#pragma once

#include <set>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "adapters/memory/analytics/memory_stock.h"
#include "adapters/memory/order/memory_customers.h"
#include "adapters/memory/order/memory_event_log.h"
#include "adapters/memory/order/memory_order_ledger.h"
#include "adapters/memory/order/memory_order_repository.h"
#include "adapters/memory/product/memory_product_repository.h"
#include "adapters/memory/product/memory_stock_ledger.h"
#include "adapters/memory/product/memory_stock_repository.h"

namespace cloudcart::simulation {

/// What analytics keeps, with what some planted bugs keep beside it.
struct AnalyticsDisk {
  analytics::MemoryAnalyticsStore store;
  std::int64_t early_position = 0;
  std::int64_t arrivals = 0;
  std::set<EventId> events;
  std::set<OrderId> orders;
  Money counted_twice;
};

/// What survives every crash.
struct Disks {
  order::MemoryOrderState orders;
  product::MemoryProductStore products;
  AnalyticsDisk analytics;
  order::MemoryCustomers customers;
};

/// The answer of a task that does not suspend.
template <class T>
T at_once(Task<T> task) {
  std::optional<std::variant<T, std::exception_ptr>> outcome;
  start(std::move(task), [&](auto result) { outcome.emplace(std::move(result)); });
  if (outcome.value().index() == 1) std::rethrow_exception(std::get<1>(*outcome));
  return std::get<0>(*std::move(outcome));
}

}  // namespace cloudcart::simulation
