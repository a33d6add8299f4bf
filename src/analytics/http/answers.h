#pragma once

#include "analytics/app/period_report.h"
#include "core/json_writer.h"
#include "core/shop.h"

namespace cloudcart::analytics {

/// The `data` objects of the contract.
JsonWriter dashboard_json(const PeriodReport& report, const Shop& shop);
JsonWriter daily_sales_json(const PeriodReport& report, const Shop& shop);
JsonWriter top_products_json(const PeriodReport& report, const Shop& shop, std::size_t limit);
JsonWriter user_activity_json(const PeriodReport& report, const Shop& shop);
JsonWriter status_distribution_json(const PeriodReport& report, const Shop& shop);

/// The data of an `order` event on the stream.
JsonWriter placed_order_json(const PlacedOrder& placed);

}  // namespace cloudcart::analytics
