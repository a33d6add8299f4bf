#pragma once

#include <boost/json/value.hpp>

#include "core/result.h"
#include "http/message.h"
#include "product/domain/product.h"
#include "product/domain/product_query.h"

namespace cloudcart::product {

/// What clients send, checked: every violation is named at once. Fields that are not known are ignored.
Result<Product> read_new_product(const boost::json::value& body);
/// At least one writable field. Null empties a field that may be empty.
Result<ProductChange> read_product_change(const boost::json::value& body);
Result<ProductQuery> read_product_query(const http::Request& request);

}  // namespace cloudcart::product
