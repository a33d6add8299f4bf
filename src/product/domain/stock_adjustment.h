#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

constexpr std::size_t min_reason_length = 3, max_reason_length = 200;

/// What someone asks for: so many more or fewer units, or exactly so many.
struct CountChange {
  enum class Kind : std::uint8_t { by, to };
  Kind kind = Kind::by;
  std::int64_t units = 0;  ///< negative only with `by`
  bool operator==(const CountChange&) const = default;
};

struct StockAdjustment {
  ProductId product_id;
  CountChange change;
  StockNote note;
};

/// How many units `change` adds to what is available; 0 when it is so already. Errors: insufficient_inventory
/// naming the product when there would be fewer than none; validation_failed naming the field when there
/// would be more than max_inventory.
Result<std::int64_t> delta_of(const StockAdjustment& adjustment, const Stock& stock);

/// All that was asked for as one text, to compare requests by.
std::string request_text(const StockAdjustment& adjustment);

/// What an adjustment left behind.
struct AdjustedStock {
  Stock stock;
  std::optional<StockMovement> movement;  ///< empty when the count was so already
  bool operator==(const AdjustedStock&) const = default;
};

/// What a store answers when the key stands for another request, and to a place that is not the product's.
Error adjustment_key_conflict();
Error no_such_place();

}  // namespace cloudcart::product
