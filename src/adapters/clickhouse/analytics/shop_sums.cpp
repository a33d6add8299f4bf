#include "adapters/clickhouse/analytics/shop_sums.h"

#include <fmt/format.h>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

constexpr std::int64_t half = std::numeric_limits<std::int64_t>::max() / 2;

bool is_far_from_the_end(const ShopSums& sums) {
  return sums.placed_units < half && sums.given_back_units < half && sums.gross < Money{half} &&
         sums.given_back < Money{half};
}

}  // namespace

std::optional<ShopSums> ShopSums::with(const events::OrderEvent& event) const {
  auto sums = *this;
  const auto add = [&](Money& amount, std::int64_t& units) {
    const auto total = amount.plus(event.total);
    if (!total) return false;
    amount = *total;
    return !__builtin_add_overflow(units, units_of(event), &units);
  };
  if (places_order(event) && !add(sums.gross, sums.placed_units)) return std::nullopt;
  if (gives_back(event) && !add(sums.given_back, sums.given_back_units)) return std::nullopt;
  return sums;
}

Task<Result<ShopSums>> SumGuard::stored(std::uint64_t generation, TenantId tenant, std::int64_t before,
                                        Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(
          fmt::format("SELECT sumIf(units, type = 1), sumIf(units, type = 2), sumIf(amount, type = 1),"
                      " sumIf(amount, type = 2) FROM order_event FINAL WHERE {} AND type IN (1, 2)"
                      " AND precedence > {}",
                      shop_rows(generation, tenant), precedence_of(before)),
          deadline));
  if (rows.size() == 0) co_return ShopSums{};
  const auto row = rows.row(0);
  co_return ShopSums{row.integer(0), row.integer(1), Money{row.integer(2)}, Money{row.integer(3)}};
}

bool SumGuard::take_in(std::uint64_t generation, const TenantId& tenant,
                       const std::vector<events::LogRecord>& records) {
  const std::scoped_lock lock(mutex_);
  const auto bound = bounds_.find({generation, tenant});
  if (bound == bounds_.end()) return false;
  auto sums = std::optional{bound->second};
  for (const auto& record : records)
    if (!(sums = sums->with(record.event))) return false;
  if (!is_far_from_the_end(*sums)) return false;
  bound->second = *sums;
  return true;
}

Task<Result<std::set<std::int64_t>>> SumGuard::excess(std::uint64_t generation, TenantId tenant,
                                                      const std::vector<events::LogRecord>& records,
                                                      Deadline deadline) {
  std::set<std::int64_t> excess;
  if (records.empty() || take_in(generation, tenant, records)) co_return excess;
  CLOUDCART_CO_TRY(auto sums, co_await stored(generation, tenant, records.front().position, deadline));
  {
    const std::scoped_lock lock(mutex_);
    bounds_[{generation, tenant}] = sums;
  }
  if (take_in(generation, tenant, records)) co_return excess;
  CLOUDCART_CO_TRY(auto known, co_await read_known_facts(store_, generation, tenant, records, deadline));
  for (const auto& [position, event] : records) {
    const auto type = type_of(event);
    if (known.is_repeated(event.order_id, type, position)) continue;
    if (const auto more = sums.with(event)) {
      sums = *more;
      known.add(event.order_id, type, {position, event.timestamp, event.user_id});
    } else {
      excess.insert(position);
    }
  }
  co_return excess;
}

}  // namespace cloudcart::analytics
