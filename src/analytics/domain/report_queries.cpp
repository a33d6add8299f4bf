#include "analytics/domain/report_queries.h"

namespace cloudcart::analytics {
namespace {

/// One more than wanted: the orders of nobody are a group too, which is left out afterwards.
CubeQuery top_customers_query(const TimeRange& range, std::size_t limit) {
  return {.moments = {range},
          .axes = {{Dimension::customer, {}}},
          .only_placed = true,
          .sort = {{Metric::net_revenue, true}, {Metric::placed_orders, true}},
          .limit = limit + 1};
}

CubeQuery statuses_query(const std::optional<TimeRange>& range) {
  return {.moments = {range.value_or(all_time)}, .axes = {{Dimension::status, {}}}, .only_placed = true};
}

PeriodSales sales_from(const CubeAnswer& answer, std::size_t days) {
  PeriodSales sales{answer.total, std::vector<SalesFigures>(days)};
  for (const auto& row : answer.rows) sales.days[std::get<std::uint32_t>(row.members[0])] = row.figures;
  return sales;
}

std::vector<ProductSales> products_from(const CubeAnswer& answer) {
  std::vector<ProductSales> products;
  for (const auto& row : answer.rows)
    products.push_back({std::get<ProductId>(row.members[0]), row.names[0], row.figures.units(),
                        row.figures.net(), row.figures.placed_orders});
  return products;
}

std::vector<CustomerActivity> customers_from(const CubeAnswer& answer, std::size_t limit) {
  std::vector<CustomerActivity> customers;
  for (const auto& row : answer.rows) {
    const auto* user = std::get_if<UserId>(&row.members[0]);
    if (user && customers.size() < limit)
      customers.push_back({*user, row.figures.placed_orders, row.figures.net(), row.last_order_at.value()});
  }
  return customers;
}

StatusCounts statuses_from(const CubeAnswer& answer) {
  StatusCounts counts{};
  for (const auto& row : answer.rows)
    counts[static_cast<std::size_t>(std::get<OrderStatus>(row.members[0]))] = row.figures.placed_orders;
  return counts;
}

bool has_days(const std::vector<Timestamp>& bounds) {
  return bounds.size() > 1;
}

}  // namespace

CubeQuery daily_sales_query(std::vector<Timestamp> days) {
  const TimeRange range{days.front(), days.back()};
  return {.moments = {range}, .axes = {{Dimension::day, axis_between(std::move(days))}}, .customers = true};
}

CubeQuery top_products_query(const std::optional<TimeRange>& range, std::size_t limit) {
  return {.moments = {range.value_or(all_time)},
          .axes = {{Dimension::product, {}}},
          .only_placed = true,
          .sort = {{Metric::net_revenue, true}, {Metric::units, true}},
          .limit = limit};
}

CubeQuestions questions_of(const ReportRequest& request) {
  CubeQuestions questions{{}, request.recent_orders};
  auto& queries = questions.queries;
  if (has_days(request.days)) queries.push_back(daily_sales_query(request.days));
  if (has_days(request.previous_days)) queries.push_back(daily_sales_query(request.previous_days));
  if (request.top_products > 0) queries.push_back(top_products_query(request.range, request.top_products));
  if (request.top_customers > 0)
    queries.push_back(top_customers_query(request.range.value(), request.top_customers));
  if (request.statuses) queries.push_back(statuses_query(request.range));
  return questions;
}

Report report_from(const ReportRequest& request, CubeAnswers answers) {
  Report report;
  report.progress = answers.progress;
  report.recent_orders = std::move(answers.recent_orders);
  auto next = answers.answers.begin();
  if (has_days(request.days)) report.sales = sales_from(*next++, request.days.size() - 1);
  if (has_days(request.previous_days))
    report.previous_sales = sales_from(*next++, request.previous_days.size() - 1);
  if (request.top_products > 0) report.products = products_from(*next++);
  if (request.top_customers > 0) report.customers = customers_from(*next++, request.top_customers);
  if (request.statuses) report.statuses = statuses_from(*next++);
  return report;
}

}  // namespace cloudcart::analytics
