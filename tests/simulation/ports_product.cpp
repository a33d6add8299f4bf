#include <algorithm>

#include "simulation/ports.h"

namespace cloudcart::simulation {

using product::AsOf;
using product::Product;
using product::ReservedLine;
using product::StockChanges;

Task<Result<AsOf<Product>>> SimProductRepository::create(TenantId tenant, Product product,
                                                         product::StockNote note, Deadline deadline) {
  co_return co_await call_port<Result<AsOf<Product>>>(
      site_, Port::product_store, Access::write, deadline,
      [&] { return inner_.create(tenant, product, note, deadline); });
}

Task<Result<AsOf<Product>>> SimProductRepository::update(TenantId tenant, ProductId id,
                                                         product::ProductChange change,
                                                         product::StockNote note, Timestamp now,
                                                         Deadline deadline) {
  co_return co_await call_port<Result<AsOf<Product>>>(
      site_, Port::product_store, Access::repeatable_write, deadline, [&]() -> Task<Result<AsOf<Product>>> {
        auto updated = co_await inner_.update(tenant, id, change, note, now, deadline);
        if (updated) {
          oracle_.product_changed(updated->as_of, id);
          oracle_.price_set(id, updated->value.price, updated->as_of);
        }
        co_return updated;
      });
}

Task<Result<AsOf<std::vector<Product>>>> SimProductRepository::find(TenantId tenant,
                                                                    std::vector<ProductId> ids,
                                                                    Deadline deadline) {
  auto found = co_await call_port<Result<AsOf<std::vector<Product>>>>(
      site_, Port::product_store, Access::read, deadline, [&] { return inner_.find(tenant, ids, deadline); });
  if (found)
    for (auto& product : found->value) product.description = std::to_string(found->as_of);
  co_return found;
}

Task<Result<AsOf<product::ProductPage>>> SimProductRepository::list(TenantId tenant,
                                                                    product::ProductQuery query,
                                                                    Deadline deadline) {
  auto page = co_await call_port<Result<AsOf<product::ProductPage>>>(
      site_, Port::product_store, Access::read, deadline,
      [&] { return inner_.list(tenant, query, deadline); });
  if (page)
    for (auto& product : page->value.products) product.description = std::to_string(page->as_of);
  co_return page;
}

Task<Result<AsOf<std::vector<std::string>>>> SimProductRepository::categories(TenantId tenant,
                                                                              Deadline deadline) {
  co_return co_await call_port<Result<AsOf<std::vector<std::string>>>>(
      site_, Port::product_store, Access::read, deadline,
      [&] { return inner_.categories(tenant, deadline); });
}

Task<Result<AsOf<std::size_t>>> SimProductRepository::import_products(TenantId tenant,
                                                                      std::vector<Product> products,
                                                                      Deadline deadline) {
  co_return co_await call_port<Result<AsOf<std::size_t>>>(
      site_, Port::product_store, Access::write, deadline,
      [&] { return inner_.import_products(tenant, products, deadline); });
}

Task<Result<product::StockHistory>> SimStockLedger::history(TenantId tenant, ProductId product,
                                                            product::HistoryQuery query, Deadline deadline) {
  co_return co_await call_port<Result<product::StockHistory>>(
      site_, Port::stock_store, Access::read, deadline,
      [&] { return inner_.history(tenant, product, query, deadline); });
}

Task<Result<AsOf<product::AdjustedStock>>> SimStockLedger::adjust(TenantId tenant,
                                                                  product::StockAdjustment adjustment,
                                                                  std::optional<product::AdjustmentKey> key,
                                                                  Timestamp now, Deadline deadline) {
  using Adjusted = Result<AsOf<product::AdjustedStock>>;
  // Only with a key may it be asked for twice.
  const auto access = key ? Access::repeatable_write : Access::write;
  co_return co_await call_port<Adjusted>(site_, Port::stock_store, access, deadline, [&]() -> Task<Adjusted> {
    auto adjusted = co_await inner_.adjust(tenant, adjustment, key, now, deadline);
    if (adjusted) oracle_.product_changed(adjusted->as_of, adjustment.product_id);
    co_return adjusted;
  });
}

void SimStockRepository::note(const AsOf<StockChanges>& changed) {
  for (const auto& change : changed.value) oracle_.product_changed(changed.as_of, change.product_id);
}

/// Bug: the look at the stock and the taking are two transactions.
Task<SimStockRepository::Reserved> SimStockRepository::take_unchecked(
    TenantId tenant, OrderId order, std::vector<product::LineRequest> lines) {
  auto& store = disks_.products;
  auto& shop = store.shops[tenant];
  CLOUDCART_CO_TRY(auto plan, product::plan_reservation(lines, [&shop](ProductId id) {
                     return shop.find(id).transform(product::summary_of);
                   }));
  co_await pause(site_.context, false);
  for (const auto& [id, quantity] : plan.quantities)
    shop.move(id, {.movement = product::Movement::reserve, .delta = quantity, .order_id = order});
  shop.reservations[order] = {.lines = plan.lines, .created_at = site_.context.scheduler.now()};
  co_return AsOf{std::move(plan.lines), ++store.changes};
}

Task<SimStockRepository::Reserved> SimStockRepository::take(TenantId tenant, OrderId order,
                                                            std::vector<product::LineRequest> lines,
                                                            Timestamp now) {
  auto& context = site_.context;
  auto& shop = disks_.products.shops[tenant];
  const auto known = shop.reservations.find(order);
  const bool is_new = known == shop.reservations.end();
  if (!is_new) context.tally.seen("reservation: asked for again");
  if (!is_new && context.is(Mutation::ignore_reservation_id) &&
      known->second.state == product::ReservationState::reserved)
    shop.reservations.erase(known);
  if (is_new && context.is(Mutation::stock_checked_outside))
    co_return co_await take_unchecked(tenant, order, lines);
  auto taken = lines;
  if (is_new && context.is(Mutation::quantity_of_last_line) && lines.size() > 1 &&
      lines.front().product_id == lines.back().product_id)
    taken.erase(taken.begin());
  auto reserved = co_await inner_.reserve(tenant, order, taken, now, Deadline::max());
  if (reserved && taken.size() < lines.size()) {
    reserved->value.insert(reserved->value.begin(), reserved->value.back());
    reserved->value.front().quantity = lines.front().quantity;
    shop.reservations[order].lines = reserved->value;
  }
  if (reserved && !is_new && context.is(Mutation::reprice_on_retry)) {
    for (auto& line : reserved->value)
      if (const auto product = shop.find(line.product_id)) line.price = product->price;
  }
  co_return reserved;
}

Task<SimStockRepository::Reserved> SimStockRepository::reserve(TenantId tenant, OrderId order,
                                                               std::vector<product::LineRequest> lines,
                                                               Timestamp now, Deadline deadline) {
  co_return co_await call_port<Reserved>(site_, Port::stock_store, Access::repeatable_write, deadline,
                                         [&]() -> Task<Reserved> {
                                           auto reserved = co_await take(tenant, order, lines, now);
                                           if (reserved) {
                                             for (const auto& line : reserved->value)
                                               oracle_.product_changed(reserved->as_of, line.product_id);
                                             oracle_.stock_moved(order, reserved->as_of);
                                           } else if (reserved.error().code == ErrorCode::conflict) {
                                             site_.context.tally.seen("reservation: came after its release");
                                           }
                                           co_return reserved;
                                         });
}

Task<SimStockRepository::Changes> SimStockRepository::give_back(TenantId tenant, OrderId order,
                                                                Timestamp now) {
  auto& context = site_.context;
  auto& reservations = disks_.products.shops[tenant].reservations;
  const auto known = reservations.find(order);
  if (known == reservations.end()) {
    context.tally.seen("release: of an order that holds nothing");
    if (context.is(Mutation::release_not_remembered)) co_return AsOf{StockChanges{}, disks_.products.changes};
  } else if (known->second.state == product::ReservationState::released) {
    context.tally.seen("release: again");
    if (context.is(Mutation::release_twice)) known->second.state = product::ReservationState::reserved;
  } else {
    context.tally.seen(known->second.state == product::ReservationState::sold
                           ? "release: of what was sold"
                           : "release: of what was reserved");
  }
  co_return co_await inner_.release(tenant, order, now, Deadline::max());
}

Task<SimStockRepository::Changes> SimStockRepository::release(TenantId tenant, OrderId order, Timestamp now,
                                                              Deadline deadline) {
  co_return co_await call_port<Changes>(site_, Port::stock_store, Access::repeatable_write, deadline,
                                        [&]() -> Task<Changes> {
                                          auto released = co_await give_back(tenant, order, now);
                                          if (released) note(*released);
                                          co_return released;
                                        });
}

Task<Status> SimStockRepository::confirm(TenantId tenant, OrderId order, Timestamp now, Deadline deadline) {
  co_return co_await call_port<Status>(site_, Port::stock_store, Access::repeatable_write, deadline,
                                       [&] { return inner_.confirm(tenant, order, now, deadline); });
}

Task<Result<std::int64_t>> SimStockRepository::followed_position(Deadline deadline) {
  co_return co_await call_port<Result<std::int64_t>>(site_, Port::stock_store, Access::read, deadline,
                                                     [&] { return inner_.followed_position(deadline); });
}

Task<SimStockRepository::Changes> SimStockRepository::follow(std::vector<product::OrderStep> steps,
                                                             std::int64_t position, Deadline deadline) {
  co_return co_await call_port<Changes>(site_, Port::stock_store, Access::repeatable_write, deadline,
                                        [&]() -> Task<Changes> {
                                          auto changed = co_await inner_.follow(steps, position, deadline);
                                          if (changed) note(*changed);
                                          co_return changed;
                                        });
}

Task<Result<std::vector<product::HeldOrder>>> SimStockRepository::unsettled(Timestamp reserved_before,
                                                                            std::size_t limit,
                                                                            Deadline deadline) {
  using Held = std::vector<product::HeldOrder>;
  co_return co_await call_port<Result<Held>>(
      site_, Port::stock_store, Access::read, deadline, [&]() -> Task<Result<Held>> {
        if (site_.context.is(Mutation::abandoned_not_asked)) co_return Held{};
        co_return co_await inner_.unsettled(reserved_before, limit, deadline);
      });
}

Task<SimStockRepository::Changes> SimStockRepository::settle(TenantId tenant,
                                                             std::vector<product::SettledOrder> orders,
                                                             Timestamp now, Deadline deadline) {
  if (site_.context.is(Mutation::settled_without_status))
    for (auto& order : orders) order.status.reset();
  co_return co_await call_port<Changes>(
      site_, Port::stock_store, Access::repeatable_write, deadline, [&]() -> Task<Changes> {
        auto changed = co_await inner_.settle(tenant, orders, now, deadline);
        if (changed) note(*changed);
        co_return changed;
      });
}

Task<Result<std::vector<product::StockAudit>>> SimStockRepository::audit(TenantId tenant, Deadline deadline) {
  co_return co_await call_port<Result<std::vector<product::StockAudit>>>(
      site_, Port::stock_store, Access::read, deadline, [&] { return inner_.audit(tenant, deadline); });
}

Task<Result<std::vector<std::optional<CacheEntry>>>> SimCache::get(std::vector<std::string> keys,
                                                                   Deadline deadline) {
  using Entries = std::vector<std::optional<CacheEntry>>;
  co_return co_await call_port<Result<Entries>>(
      site_, Port::cache, Access::read, deadline, [&]() -> Task<Result<Entries>> {
        if (!site_.context.is(Mutation::stale_cache_put)) co_return co_await inner_.get(keys, deadline);
        Entries entries;
        for (const auto& key : keys) {
          const auto found = careless_.find(key);
          entries.push_back(found == careless_.end() ? std::nullopt : std::optional{found->second});
        }
        co_return entries;
      });
}

Task<Status> SimCache::put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                                    Deadline deadline) {
  co_return co_await call_port<Status>(
      site_, Port::cache, Access::repeatable_write, deadline, [&]() -> Task<Status> {
        if (site_.context.is(Mutation::stale_cache_put)) careless_[key] = entry;
        co_return co_await inner_.put_if_newer(key, entry, time_to_live, deadline);
      });
}

Task<Status> SimCache::erase(std::vector<std::string> keys, Version version, Deadline deadline) {
  co_return co_await call_port<Status>(site_, Port::cache, Access::repeatable_write, deadline,
                                       [&]() -> Task<Status> {
                                         if (site_.context.is(Mutation::erase_forgotten)) co_return Status{};
                                         for (const auto& key : keys) careless_.erase(key);
                                         co_return co_await inner_.erase(keys, version, deadline);
                                       });
}

}  // namespace cloudcart::simulation
