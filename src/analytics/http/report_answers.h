#pragma once

#include "analytics/http/report_tables.h"
#include "core/json_writer.h"
#include "core/shop.h"

namespace cloudcart::analytics {

/// What the answers say beside their tables, into an open object.
void write_about(JsonWriter& json, const ProductReport& report, ProductOrder order, std::size_t limit);
void write_about(JsonWriter& json, const CompanionReport& report, std::size_t limit);
void write_about(JsonWriter& json, const SegmentReport& report);
void write_about(JsonWriter& json, const HeatMapReport& report);
void write_about(JsonWriter& json, const ForecastReport& report);

/// `period`, `freshness` and `last_updated`.
void write_frame(JsonWriter& json, const ReportFrame& frame, const Shop& shop);

std::string_view to_string(ProductOrder order);

}  // namespace cloudcart::analytics
