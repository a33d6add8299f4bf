#include "product/app/get_product.h"

namespace cloudcart::product {
namespace {

// Behind the kept text stands whether the product is active: who may see it depends on the caller, so that is
// decided after the cache.
constexpr char active_mark = 'A', inactive_mark = 'I';

}  // namespace

Task<Result<AsOf<std::string>>> GetProduct::load(TenantId tenant, ProductId id, Render render,
                                                 Deadline deadline) {
  const std::vector ids{id};
  auto found = co_await products_.find(std::move(tenant), ids, deadline);
  if (!found) co_return fail(std::move(found).error());
  if (found->value.empty()) co_return fail(Error::not_found("Product"));
  const auto& product = found->value.front();
  co_return AsOf{render(product) + (product.is_active ? active_mark : inactive_mark), found->as_of};
}

Task<Result<std::string>> GetProduct::operator()(Caller caller, ProductId id, Render render) {
  const CatalogueCache::Load load_this = [this, &caller, id, render] {
    return load(caller.tenant, id, render, caller.deadline);
  };
  auto text = co_await cache_.product(caller.tenant, id, load_this, caller.deadline);
  if (!text) co_return text;
  const bool is_active = text->back() == active_mark;
  if (!is_active && !caller.is_staff()) co_return fail(Error::not_found("Product"));
  text->pop_back();
  co_return text;
}

}  // namespace cloudcart::product
