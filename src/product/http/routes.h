#pragma once

#include <vector>

#include "http/router.h"
#include "product/app/product_app.h"

namespace cloudcart::product {

/// Everything that the product service serves. `app` must outlive the routes.
std::vector<http::Route> product_routes(ProductApp& app);

}  // namespace cloudcart::product
