#include "product/app/deactivate_product.h"

namespace cloudcart::product {

Task<Result<Product>> DeactivateProduct::operator()(Caller caller, ProductId id) {
  ProductChange change{.is_active = false};
  co_return co_await update_(std::move(caller), id, std::move(change));
}

}  // namespace cloudcart::product
