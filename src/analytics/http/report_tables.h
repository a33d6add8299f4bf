#pragma once

#include "analytics/app/get_cohorts.h"
#include "analytics/app/get_companions.h"
#include "analytics/app/get_forecast.h"
#include "analytics/app/get_heat_map.h"
#include "analytics/app/get_product_report.h"
#include "analytics/app/get_segments.h"
#include "analytics/domain/table.h"

namespace cloudcart::analytics {

/// The reports as tables, for JSON and CSV alike.
Table product_table(const ProductReport& report);
Table companion_table(const CompanionReport& report);
Table cohort_table(const CohortReport& report);
Table segment_table(const SegmentReport& report);
/// What each score of the segments stands for.
Table score_table(const SegmentReport& report);
Table heat_map_table(const HeatMapReport& report);
Table forecast_table(const ForecastReport& report);
/// How far each method was off.
Table backtest_table(const ForecastReport& report);

}  // namespace cloudcart::analytics
