#pragma once

#include "analytics/app/period_report.h"
#include "analytics/domain/table.h"
#include "core/json_writer.h"
#include "core/shop.h"

namespace cloudcart::analytics {

/// The `data` objects of the contract.
JsonWriter dashboard_json(const PeriodReport& report, const Shop& shop);
JsonWriter daily_sales_json(const Table& table, const PeriodReport& report, const Shop& shop);
JsonWriter top_products_json(const Table& table, const PeriodReport& report, const Shop& shop,
                             std::size_t limit);
JsonWriter user_activity_json(const Table& table, const PeriodReport& report, const Shop& shop);
JsonWriter status_distribution_json(const Table& table, const PeriodReport& report, const Shop& shop);

/// The tables of the same, for CSV.
Table daily_sales_table(const PeriodReport& report);
Table top_products_table(const PeriodReport& report);
Table user_activity_table(const PeriodReport& report);
Table status_distribution_table(const PeriodReport& report);

/// `period` and `freshness`, into an open object.
void write_period(JsonWriter& json, const Period& period, const Shop& shop, Timestamp as_of);
void write_freshness(JsonWriter& json, const Progress& progress, std::int64_t events_behind);

/// The data of an `order` event on the stream.
JsonWriter placed_order_json(const PlacedOrder& placed);

}  // namespace cloudcart::analytics
