#include "product/app/release_stock.h"

namespace cloudcart::product {

Task<Status> ReleaseStock::operator()(Caller caller, OrderId order) {
  auto released = co_await stock_.release(caller.tenant, order, clock_.now(), caller.deadline);
  if (!released) co_return fail(std::move(released).error());
  std::vector<ProductId> products;
  for (const auto& change : released->value) products.push_back(change.product_id);
  if (!products.empty())
    co_await cache_.forget(caller.tenant, std::move(products), released->as_of, caller.deadline);
  co_return Status{};
}

}  // namespace cloudcart::product
