#include "promotion/app/progress.h"

namespace cloudcart::promotion {

Task<Result<std::int64_t>> count_rows(ShopRows& shop, Deadline deadline) {
  std::int64_t total = 0;
  for (const auto& table : tables()) {
    CLOUDCART_CO_TRY(const auto rows, co_await shop.count(table, deadline));
    total += rows;
  }
  co_return total;
}

}  // namespace cloudcart::promotion
