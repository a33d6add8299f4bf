#pragma once

#include <vector>

#include "analytics/columns/shop_columns.h"
#include "analytics/domain/cube.h"

namespace cloudcart::analytics {

/// What SalesCube::companions() answers, for the product at a place in Items that was in an order.
Companions find_companions(const ShopColumns& columns, std::uint32_t product, TimeRange range,
                           std::size_t limit);

/// What SalesCube::cohorts() answers.
std::vector<Cohort> count_cohorts(const ShopColumns& columns, const TimeAxis& months);

}  // namespace cloudcart::analytics
