#pragma once

#include <string>
#include <vector>

#include "core/json_writer.h"
#include "product/domain/product_query.h"
#include "product/domain/reservation.h"

namespace cloudcart::product {

/// {"product":{…}}
std::string render_product(const Product& product);
/// {"products":[…],"pagination":{…},"next_cursor":…}
std::string render_page(const ProductQuery& query, const ProductPage& page);
/// {"categories":[…]}
std::string render_categories(const std::vector<std::string>& categories);

/// For other services: {"products":[{id,name,category_name,price,is_active,inventory_count}]}
JsonWriter summaries_json(const std::vector<ProductSummary>& products);
/// For other services: {"lines":[{product_id,product_name,category_name,price,quantity}]}
JsonWriter lines_json(const std::vector<ReservedLine>& lines);

}  // namespace cloudcart::product
