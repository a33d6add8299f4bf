#include "product/app/list_categories.h"

#include <algorithm>

#include "product/domain/search_text.h"

namespace cloudcart::product {

Task<Result<AsOf<std::string>>> ListCategories::load(TenantId tenant, Render render, Deadline deadline) {
  auto categories = co_await products_.categories(std::move(tenant), deadline);
  if (!categories) co_return fail(std::move(categories).error());
  // Without regard to case, and always the same way for names that differ in nothing else.
  std::ranges::sort(categories->value, {},
                    [](const std::string& name) { return std::pair{fold_case(name), name}; });
  co_return AsOf{render(categories->value), categories->as_of};
}

Task<Result<std::string>> ListCategories::operator()(Caller caller, Render render) {
  const CatalogueCache::Load load_this = [this, &caller, render] {
    return load(caller.tenant, render, caller.deadline);
  };
  co_return co_await cache_.listing(caller.tenant, "categories", load_this, caller.deadline);
}

}  // namespace cloudcart::product
