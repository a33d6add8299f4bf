#include "adapters/http/analytics/http_stock.h"

#include <limits>

#include "adapters/http/products/product_lookup.h"

namespace cloudcart::analytics {
namespace {

ProductStock read_product(FieldReader& fields) {
  ProductStock product;
  product.product = fields.id<ProductId>("id");
  product.name = fields.text("name", http::product_text);
  product.available = fields.integer("inventory_count", 0, std::numeric_limits<std::int64_t>::max());
  product.is_active = fields.optional_boolean("is_active").value_or(false);
  return product;
}

}  // namespace

Task<Result<std::vector<ProductStock>>> HttpStock::find(TenantId tenant, std::vector<ProductId> ids,
                                                        Deadline deadline) {
  return http::look_up_products(product_service_, std::move(tenant), std::move(ids), &read_product, deadline);
}

}  // namespace cloudcart::analytics
