#include "product/app/list_products.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "product/domain/product_cursor.h"

namespace cloudcart::product {
namespace {

/// Every part of the query; no two queries have the same name. Lengths stand before texts, as these may hold
/// anything.
std::string name_of(const ProductQuery& query) {
  const auto bound = [](const std::optional<Money>& price) { return price ? price->to_string() : ""; };
  const auto cursor = query.after ? encode_cursor(query.sort, query.descending, *query.after) : "";
  const auto terms = fmt::format("{}", fmt::join(query.terms, " "));
  const auto category = query.category ? fmt::format("{}:{}", query.category->size(), *query.category) : "";
  return fmt::format("{}/{}/{}/{}/{}/{}/{}/{}/{}", to_string(query.sort), query.descending ? "desc" : "asc",
                     query.limit, query.offset, cursor, bound(query.min_price), bound(query.max_price),
                     category, terms);
}

}  // namespace

Task<Result<AsOf<std::string>>> ListProducts::load(TenantId tenant, ProductQuery query, Render render,
                                                   Deadline deadline) {
  auto page = co_await products_.list(std::move(tenant), query, deadline);
  if (!page) co_return fail(std::move(page).error());
  co_return AsOf{render(query, page->value), page->as_of};
}

Task<Result<std::string>> ListProducts::operator()(Caller caller, ProductQuery query, Render render) {
  const CatalogueCache::Load load_this = [this, &caller, &query, render] {
    return load(caller.tenant, query, render, caller.deadline);
  };
  co_return co_await cache_.listing(caller.tenant, name_of(query), load_this, caller.deadline);
}

}  // namespace cloudcart::product
