#include "adapters/http/recommendation/http_assortment.h"

#include <limits>

#include "adapters/http/products/product_lookup.h"

namespace cloudcart::recommendation {
namespace {

constexpr auto most = std::numeric_limits<std::int64_t>::max();

AssortmentProduct read_product(FieldReader& fields) {
  AssortmentProduct product;
  product.id = fields.id<ProductId>("id");
  product.name = fields.text("name", http::product_text);
  product.category = fields.optional_text("category_name", http::product_text).value_or("");
  product.price = fields.money("price", Money{}, Money{most});
  product.is_active = fields.optional_boolean("is_active").value_or(false);
  product.in_stock = fields.integer("inventory_count", 0, most) > 0;
  return product;
}

}  // namespace

Task<Result<std::vector<AssortmentProduct>>> HttpAssortment::find(TenantId tenant, std::vector<ProductId> ids,
                                                                  Deadline deadline) {
  return http::look_up_products(product_service_, std::move(tenant), std::move(ids), &read_product, deadline);
}

}  // namespace cloudcart::recommendation
