#pragma once

#include "adapters/postgres/store/query.h"
#include "core/caller.h"
#include "product/domain/product_query.h"
#include "product/ports/as_of.h"

namespace cloudcart::product {

/// One statement: the page, how many products there are in all pages, and the number of what it shows.
postgres::Query listing_products(const TenantId& tenant, const ProductQuery& query);
AsOf<ProductPage> read_page(const postgres::Rows& rows, const ProductQuery& query);

}  // namespace cloudcart::product
