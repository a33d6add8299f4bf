#pragma once

#include <vector>

#include "http/router.h"
#include "product/app/product_app.h"

namespace cloudcart::product {

/// What the platform's other services ask for when they run in processes of their own. Each body may name the
/// tenant; without it the caller's is meant.
///   POST /internal/reservations {tenant?, order_id, lines:[{product_id, quantity}]}
///     → {lines:[{product_id, product_name, category_name, price, quantity}]}
///   POST /internal/reservations/{order_id}/release {tenant?}
///   POST /internal/reservations/{order_id}/confirm {tenant?}
///   POST /internal/products/lookup {tenant?, ids}
///     → {products:[{id, name, category_name, price, is_active, inventory_count}]}
std::vector<http::Route> internal_product_routes(ProductApp& app);

}  // namespace cloudcart::product
