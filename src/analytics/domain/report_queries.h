#pragma once

#include "analytics/domain/cube.h"
#include "analytics/domain/report.h"

namespace cloudcart::analytics {

/// A report in the words of the cube; report_from() puts the answers together.
CubeQuestions questions_of(const ReportRequest& request);
Report report_from(const ReportRequest& request, CubeAnswers answers);

/// The days between bounds, each with its customers; the total is that of all days.
CubeQuery daily_sales_query(std::vector<Timestamp> days);
/// The products with the highest net revenue; nullopt: of all time.
CubeQuery top_products_query(const std::optional<TimeRange>& range, std::size_t limit);

}  // namespace cloudcart::analytics
