#include "product/app/create_product.h"

namespace cloudcart::product {

Task<Result<Product>> CreateProduct::operator()(Caller caller, Product draft) {
  draft.id = ids_.next_id<ProductId>();
  draft.created_at = draft.updated_at = clock_.now();
  draft.is_active = true;
  StockNote note{std::string{created_reason}, caller.user};
  auto created = co_await products_.create(caller.tenant, std::move(draft), std::move(note), caller.deadline);
  if (!created) co_return fail(std::move(created).error());
  co_await cache_.forget(caller.tenant, {created->value.id}, created->as_of, caller.deadline);
  co_return std::move(created->value);
}

}  // namespace cloudcart::product
