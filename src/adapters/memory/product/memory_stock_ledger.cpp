#include "adapters/memory/product/memory_stock_ledger.h"

namespace cloudcart::product {

Task<Result<StockHistory>> MemoryStockLedger::history(TenantId tenant, ProductId product, HistoryQuery query,
                                                      Deadline) {
  const auto& shop = store_.shops[tenant];
  const auto found = shop.ledger.find(product);
  if (found == shop.ledger.end()) co_return fail(Error::not_found("Product"));
  const auto& entries = found->second;
  StockHistory history{.stock = shop.stock.at(product), .total = std::ssize(entries)};
  auto sequence = query.from.value_or(history.total);
  if (sequence < 1 || sequence > history.total) co_return fail(no_such_place());
  for (; sequence > 0 && history.movements.size() < query.limit; --sequence)
    history.movements.push_back(entries[static_cast<std::size_t>(sequence - 1)]);
  if (sequence > 0) history.next = sequence;
  co_return history;
}

Task<Result<AsOf<AdjustedStock>>> MemoryStockLedger::adjust(TenantId tenant, StockAdjustment adjustment,
                                                            std::optional<AdjustmentKey> key, Timestamp now,
                                                            Deadline) {
  auto& shop = store_.shops[tenant];
  const auto request = request_text(adjustment);
  std::erase_if(shop.adjusted, [now](const auto& entry) { return entry.second.expires_at <= now; });
  if (key) {
    const auto known = shop.adjusted.find({adjustment.note.actor, key->key});
    if (known != shop.adjusted.end()) {
      if (known->second.request != request) co_return fail(adjustment_key_conflict());
      co_return AsOf{known->second.answer, store_.changes};
    }
  }
  const auto found = shop.stock.find(adjustment.product_id);
  if (found == shop.stock.end()) co_return fail(Error::not_found("Product"));
  CLOUDCART_CO_TRY(const auto delta, delta_of(adjustment, found->second));
  AdjustedStock adjusted;
  if (delta != 0) {
    adjusted.movement =
        shop.move(adjustment.product_id,
                  {.movement = Movement::adjust, .delta = delta, .note = adjustment.note, .time = now});
    ++store_.changes;
  }
  adjusted.stock = found->second;
  if (key) shop.adjusted[{adjustment.note.actor, key->key}] = {request, adjusted, key->expires_at};
  co_return AsOf{std::move(adjusted), store_.changes};
}

}  // namespace cloudcart::product
