#include "product/app/update_product.h"

namespace cloudcart::product {

Task<Result<Product>> UpdateProduct::operator()(Caller caller, ProductId id, ProductChange change) {
  StockNote note{std::string{edited_reason}, caller.user};
  auto updated = co_await products_.update(caller.tenant, id, std::move(change), std::move(note),
                                           clock_.now(), caller.deadline);
  if (!updated) co_return fail(std::move(updated).error());
  co_await cache_.forget(caller.tenant, {id}, updated->as_of, caller.deadline);
  co_return std::move(updated->value);
}

}  // namespace cloudcart::product
