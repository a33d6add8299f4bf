#include "product/app/adjust_stock.h"

namespace cloudcart::product {
namespace {

constexpr std::chrono::hours key_lifetime{24};

}  // namespace

Task<Result<AdjustedStock>> AdjustStock::operator()(Caller caller, ProductId product, CountChange change,
                                                    std::string reason, std::optional<IdempotencyKey> key) {
  const auto now = clock_.now();
  StockAdjustment adjustment{product, change, {std::move(reason), caller.user}};
  std::optional<AdjustmentKey> used;
  if (key) used = AdjustmentKey{*std::move(key), now + key_lifetime};
  auto adjusted =
      co_await ledger_.adjust(caller.tenant, std::move(adjustment), std::move(used), now, caller.deadline);
  if (!adjusted) co_return fail(std::move(adjusted).error());
  co_await cache_.forget(caller.tenant, {product}, adjusted->as_of, caller.deadline);
  co_return std::move(adjusted->value);
}

}  // namespace cloudcart::product
