#include "product/app/reserve_stock.h"

namespace cloudcart::product {

Task<Result<std::vector<ReservedLine>>> ReserveStock::operator()(Caller caller, OrderId order,
                                                                 std::vector<LineRequest> lines) {
  CLOUDCART_CO_CHECK(check_lines(lines));
  auto reserved =
      co_await stock_.reserve(caller.tenant, order, std::move(lines), clock_.now(), caller.deadline);
  if (!reserved) co_return fail(std::move(reserved).error());
  std::vector<ProductId> products;
  for (const auto& [product, quantity] : sum_by_product(reserved->value)) products.push_back(product);
  co_await cache_.forget(caller.tenant, std::move(products), reserved->as_of, caller.deadline);
  co_return std::move(reserved->value);
}

}  // namespace cloudcart::product
