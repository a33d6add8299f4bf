#include "product/domain/stock_adjustment.h"

#include <fmt/format.h>

#include "product/domain/product.h"

namespace cloudcart::product {
namespace {

std::string_view word_of(CountChange::Kind kind) {
  return kind == CountChange::Kind::by ? "change" : "set_to";
}

}  // namespace

Result<std::int64_t> delta_of(const StockAdjustment& adjustment, const Stock& stock) {
  const auto& [kind, units] = adjustment.change;
  const auto delta = kind == CountChange::Kind::by ? units : units - stock.available;
  if (stock.available + delta < 0)
    return fail(ErrorCode::insufficient_inventory, "There is too little stock",
                {{adjustment.product_id.to_string(),
                  fmt::format("{} to be taken away, {} available", -delta, stock.available)}});
  if (delta > 0 && stock.available + delta > max_inventory)
    return fail(Error::validation(
        {{std::string{word_of(kind)}, fmt::format("must leave at most {} available", max_inventory)}}));
  return delta;
}

std::string request_text(const StockAdjustment& adjustment) {
  return fmt::format("{} {} {} {}", adjustment.product_id.to_string(), word_of(adjustment.change.kind),
                     adjustment.change.units, adjustment.note.reason);
}

Error adjustment_key_conflict() {
  return {ErrorCode::idempotency_conflict, "This idempotency key was used for another request.", {}};
}

Error no_such_place() {
  return Error::validation({{"cursor", "must be a next_cursor of this product's movements"}});
}

}  // namespace cloudcart::product
