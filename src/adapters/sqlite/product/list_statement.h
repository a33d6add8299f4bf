#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "core/caller.h"
#include "product/domain/product_query.h"

namespace cloudcart::product {

/// Puts a ProductQuery into SQL. The text depends on which parts the query has and never on their values, so
/// that few statements are prepared and no value is taken for SQL. Refers to its arguments: they must outlive
/// it.
class ListStatement {
 public:
  ListStatement(const TenantId& tenant, const ProductQuery& query);

  /// product.number of each product of the page and of one more, if there is one.
  std::vector<std::int64_t> numbers(sqlite::Connection& connection) const;
  std::int64_t total(sqlite::Connection& connection) const;

 private:
  std::string filters() const;
  void bind_filters(sqlite::Statement& statement) const;

  const TenantId& tenant_;
  const ProductQuery& query_;
  std::string match_;        ///< FTS5 expression of the terms that have a trigram
  std::string short_terms_;  ///< JSON array of the others
};

}  // namespace cloudcart::product
