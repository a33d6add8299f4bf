#include "product/app/import_products.h"

namespace cloudcart::product {

Task<Result<std::size_t>> ImportProducts::operator()(Caller caller, std::vector<Product> products) {
  auto imported = co_await products_.import_products(caller.tenant, std::move(products), caller.deadline);
  if (!imported) co_return fail(std::move(imported).error());
  // New products are in no cache yet; listings may lack them.
  co_await cache_.forget(caller.tenant, {}, imported->as_of, caller.deadline);
  co_return imported->value;
}

}  // namespace cloudcart::product
