#include "adapters/postgres/product/product_list.h"

#include <fmt/format.h>

#include "adapters/postgres/product/change_numbers.h"
#include "adapters/postgres/product/product_rows.h"
#include "adapters/postgres/product/search_index.h"

namespace cloudcart::product {
namespace {

using postgres::Params;
using postgres::Query;

std::string_view key_column(ProductSort sort) {
  switch (sort) {
    case ProductSort::name:
      return "product.name_key";
    case ProductSort::price:
      return "product.price";
    case ProductSort::created_at:
      return "product.created_at";
    case ProductSort::inventory_count:
      break;
  }
  return "stock.available";
}

/// Matches texts that hold `term`, whatever signs it has.
std::string containing(std::string_view term) {
  std::string pattern{"%"};
  for (const char sign : term) {
    if (sign == '%' || sign == '_' || sign == '\\') pattern.push_back('\\');
    pattern.push_back(sign);
  }
  pattern.push_back('%');
  return pattern;
}

/// The parts of the statement. Its text depends on which filters there are and on the order, never on values, so that
/// there are not many.
class Listing {
 public:
  Listing(const TenantId& tenant, const ProductQuery& query)
      : query_(query), key_(key_column(query.sort)), tenant_(params_.place(tenant.value)) {
    from_ = "product";
    where_ = "product.tenant = " + tenant_ + " AND product.is_active";
    if (query.category) category_ = params_.place(*query.category);
    if (query.category) where_ += " AND product.category = " + category_;
    if (query.min_price) where_ += " AND product.price >= " + params_.place(*query.min_price);
    if (query.max_price) where_ += " AND product.price <= " + params_.place(*query.max_price);
    if (query.terms.empty()) return;
    from_ = "(SELECT product AS number, * FROM product_text) AS product";
    search(query.terms);
  }

  Query statement() && {
    // Texts are read once, for the page and the count.
    const bool searches = !query_.terms.empty();
    const auto found = fmt::format("SELECT product.number, product.id, {} AS key FROM {} WHERE {}", key_,
                                   from_with_key(), where_);
    const auto page =
        searches
            ? fmt::format(
                  " found AS MATERIALIZED ({}), page AS (SELECT number, id, key FROM found WHERE true{} {})",
                  found, behind("key", "id"), piece("key", "id"))
            : fmt::format(" page AS MATERIALIZED ({}{} {})", found, behind(key_, "product.id"),
                          piece(key_, "product.id"));
    const std::string_view direction = query_.descending ? "DESC" : "ASC";
    return {
        fmt::format("WITH seen AS MATERIALIZED (SELECT " CLOUDCART_CHANGE_SHOWN " AS change),{0}"
                    " SELECT seen.change, ({1}), " CLOUDCART_PRODUCT_COLUMNS
                    " FROM seen LEFT JOIN (page JOIN product ON product.number = page.number"
                    " JOIN stock ON stock.product = page.number) ON true ORDER BY page.key {2}, page.id {2}",
                    page, total(), direction),
        std::move(params_)};
  }

 private:
  /// The terms that the index knows are conditions of their own, but only so many, lest there be many statements.
  void search(const std::vector<std::string>& terms) {
    constexpr int most_by_index = 3;
    int by_index = 0;
    std::vector<std::string> others;
    for (const auto& term : terms) {
      if (by_index < most_by_index && is_indexed(term)) {
        where_ += " AND product.folded LIKE " + params_.place(containing(term));
        ++by_index;
      } else {
        others.push_back(containing(term));
      }
    }
    if (!others.empty()) where_ += " AND product.folded LIKE ALL (" + params_.place(others) + ")";
  }
  std::string from_with_key() const {
    if (query_.sort != ProductSort::inventory_count) return from_;
    return from_ + " JOIN stock ON stock.product = product.number";
  }
  std::string behind(std::string_view key, std::string_view id) {
    if (!query_.after) return "";
    const auto& [place, after_id] = *query_.after;
    const auto key_value = std::visit([this](const auto& value) { return params_.place(value); }, place);
    return fmt::format(" AND ({}, {}) {} ({}, {})", key, id, query_.descending ? '<' : '>', key_value,
                       params_.place(after_id));
  }
  /// One more than asked for tells whether there is more.
  std::string piece(std::string_view key, std::string_view id) {
    const std::string_view direction = query_.descending ? "DESC" : "ASC";
    return fmt::format("ORDER BY {0} {2}, {1} {2} OFFSET {3} LIMIT {4}", key, id, direction,
                       params_.place(query_.offset), params_.place(query_.limit + 1));
  }
  std::string total() const {
    if (!query_.terms.empty()) return "SELECT count(*) FROM found";
    if (query_.min_price || query_.max_price)
      return fmt::format("SELECT count(*) FROM {} WHERE {}", from_, where_);
    return fmt::format("SELECT coalesce(sum(active), 0)::bigint FROM category_size WHERE tenant = {}{}",
                       tenant_,
                       query_.category ? " AND coalesce('=' || name, '') = '=' || " + category_ : "");
  }

  const ProductQuery& query_;
  Params params_;
  std::string_view key_;
  std::string tenant_, category_, from_, where_;
};

}  // namespace

Query listing_products(const TenantId& tenant, const ProductQuery& query) {
  return Listing(tenant, query).statement();
}

AsOf<ProductPage> read_page(const postgres::Rows& rows, const ProductQuery& query) {
  constexpr int total_column = 1, first_column = 2;
  ProductPage page{.products = read_products(rows, first_column), .total = rows[0].integer(total_column)};
  page.has_more = std::ssize(page.products) > query.limit;
  if (page.has_more) page.products.pop_back();
  return {std::move(page), rows[0].integer(0)};
}

}  // namespace cloudcart::product
