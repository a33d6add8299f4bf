#pragma once

#include <vector>

#include "http/router.h"
#include "product/app/product_app.h"

namespace cloudcart::product {

/// The stock of a product as staff sees and corrects it.
std::vector<http::Route> stock_routes(ProductApp& app);

}  // namespace cloudcart::product
