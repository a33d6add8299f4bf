#include "analytics/http/report_tables.h"

#include "analytics/domain/association.h"

namespace cloudcart::analytics {
namespace {

Cell text(std::string_view text) {
  return std::string{text};
}

template <class IdType>
Cell id_cell(const IdType& id) {
  return id.to_string();
}

std::optional<Number> percent_of(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return std::nullopt;
  return Number{rounded_ratio(part, 10'000, whole), 2};
}

/// With `decimals` decimals; nullopt of nobody.
std::optional<Number> mean(std::int64_t sum, std::int64_t scale, std::int64_t count, std::uint8_t decimals) {
  if (count <= 0) return std::nullopt;
  return Number{rounded_ratio(sum, scale, count), decimals};
}

std::vector<Cell> product_row(const ProductReportRow& row) {
  const auto& [movement, stock, days_left] = row;
  const auto available =
      stock.transform([](const ProductStock& known) { return Number{known.available, 0}; });
  return {id_cell(movement.product),
          movement.name,
          cell(movement.now.net()),
          cell(movement.before.net()),
          cell(movement.change()),
          cell(movement.change_in_percent()),
          cell(movement.now.units()),
          cell(movement.before.units()),
          cell(movement.now.orders()),
          cell(available),
          stock ? Cell{stock->is_active} : Cell{},
          cell(days_left)};
}

void add_score_cells(std::vector<Cell>& row, const ScoreRange& range, std::uint8_t decimals) {
  row.push_back(cell(range.customers));
  const bool any = range.customers > 0;
  row.push_back(any ? Cell{Number{range.least, decimals}} : Cell{});
  row.push_back(any ? Cell{Number{range.most, decimals}} : Cell{});
}

}  // namespace

Table product_table(const ProductReport& report) {
  Table table{.columns = {{"product_id", "dimension", ""},
                          {"product_name", "label", ""},
                          {"net_revenue", "metric", "amount"},
                          {"previous_net_revenue", "previous", "amount"},
                          {"change_net_revenue", "change", "amount"},
                          {"change_percent", "change", "percent"},
                          {"units", "metric", "count"},
                          {"previous_units", "previous", "count"},
                          {"orders", "metric", "count"},
                          {"available", "metric", "count"},
                          {"is_active", "flag", ""},
                          {"days_of_stock_left", "metric", "days"}},
              .rows = {}};
  for (const auto& row : report.rows) table.rows.push_back(product_row(row));
  return table;
}

Table companion_table(const CompanionReport& report) {
  Table table{.columns = {{"product_id", "dimension", ""},
                          {"product_name", "label", ""},
                          {"orders_together", "metric", "count"},
                          {"placed_orders", "metric", "count"},
                          {"support", "metric", "percent"},
                          {"confidence", "metric", "percent"},
                          {"reverse_confidence", "metric", "percent"},
                          {"lift", "metric", ""}},
              .rows = {}};
  const auto& all = report.companions;
  for (const auto& other : all.others) {
    const auto with = associate({.all = all.all_orders,
                                 .product = all.orders,
                                 .companion = other.orders,
                                 .together = other.orders_together});
    table.rows.push_back({id_cell(other.product), other.name, cell(other.orders_together), cell(other.orders),
                          cell(with.support), cell(with.confidence), cell(with.reverse_confidence),
                          cell(with.lift)});
  }
  return table;
}

Table cohort_table(const CohortReport& report) {
  Table table{.columns = {{"cohort", "dimension", ""},
                          {"month", "dimension", ""},
                          {"months_later", "metric", "count"},
                          {"customers", "metric", "count"},
                          {"active_customers", "metric", "count"},
                          {"retention", "metric", "percent"},
                          {"placed_orders", "metric", "count"},
                          {"gross_revenue", "metric", "amount"},
                          {"revenue_per_customer", "metric", "amount"},
                          {"incomplete", "flag", ""}},
              .rows = {}};
  for (const auto& entry : report.cells)
    table.rows.push_back({report.months[entry.cohort].label, report.months[entry.cohort + entry.later].label,
                          cell(std::int64_t{entry.later}), cell(entry.customers), cell(entry.active),
                          cell(entry.retention), cell(entry.orders), cell(entry.gross),
                          cell(entry.revenue_per_customer), entry.incomplete});
  return table;
}

Table segment_table(const SegmentReport& report) {
  Table table{.columns = {{"segment", "dimension", ""},
                          {"title", "label", ""},
                          {"description", "label", ""},
                          {"customers", "metric", "count"},
                          {"customer_share", "metric", "percent"},
                          {"placed_orders", "metric", "count"},
                          {"net_revenue", "metric", "amount"},
                          {"revenue_share", "metric", "percent"},
                          {"revenue_per_customer", "metric", "amount"},
                          {"mean_recency_days", "metric", "days"}},
              .rows = {}};
  const auto& all = report.segments.total;
  for (const auto& definition : all_segments()) {
    const auto& figures = report.segments.segments[static_cast<std::size_t>(definition.segment)];
    const auto net = figures.net.minor_units();
    table.rows.push_back(
        {text(definition.name), text(definition.title), text(definition.description), cell(figures.customers),
         cell(percent_of(figures.customers, all.customers)), cell(figures.orders), cell(figures.net),
         cell(percent_of(net, all.net.minor_units())), cell(mean(net, 1, figures.customers, 2)),
         cell(mean(figures.recency_days, 10, figures.customers, 1))});
  }
  return table;
}

Table score_table(const SegmentReport& report) {
  Table table{.columns = {{"score", "dimension", ""},
                          {"recency_customers", "metric", "count"},
                          {"recency_days_from", "metric", "days"},
                          {"recency_days_to", "metric", "days"},
                          {"frequency_customers", "metric", "count"},
                          {"placed_orders_from", "metric", "count"},
                          {"placed_orders_to", "metric", "count"},
                          {"monetary_customers", "metric", "count"},
                          {"net_revenue_from", "metric", "amount"},
                          {"net_revenue_to", "metric", "amount"}},
              .rows = {}};
  const auto& [segments, total, recency, frequency, monetary] = report.segments;
  for (auto score = score_count; score > 0; --score) {
    auto& row = table.rows.emplace_back();
    row.push_back(cell(static_cast<std::int64_t>(score)));
    add_score_cells(row, recency[score - 1], 0);
    add_score_cells(row, frequency[score - 1], 0);
    add_score_cells(row, monetary[score - 1], 2);
  }
  return table;
}

Table heat_map_table(const HeatMapReport& report) {
  const auto unit = std::string{to_string(definition_of(report.metric).unit)};
  Table table{.columns = {{"weekday", "dimension", ""},
                          {"hour_of_day", "dimension", ""},
                          {"hours", "metric", "count"},
                          {"value", "metric", unit}},
              .rows = {}};
  for (const auto& entry : report.cells)
    table.rows.push_back({text(weekday_names[entry.weekday]), cell(std::int64_t{entry.hour}),
                          cell(entry.hours), cell(value_of(report.metric, entry.figures))});
  return table;
}

Table forecast_table(const ForecastReport& report) {
  Table table{.columns = {{"date", "dimension", ""},
                          {"expected_revenue", "metric", "amount"},
                          {"low_80", "metric", "amount"},
                          {"high_80", "metric", "amount"},
                          {"low_95", "metric", "amount"},
                          {"high_95", "metric", "amount"}},
              .rows = {}};
  auto date = report.frame.period.dates.from;
  for (const auto& [expected, likely, very_likely] : report.forecast.days) {
    table.rows.push_back({to_date_string(date), cell(Money{expected}), cell(Money{likely.low}),
                          cell(Money{likely.high}), cell(Money{very_likely.low}),
                          cell(Money{very_likely.high})});
    date = add_days(date, 1);
  }
  return table;
}

Table backtest_table(const ForecastReport& report) {
  Table table{.columns = {{"method", "dimension", ""},
                          {"mean_absolute_error", "metric", "amount"},
                          {"percent_off", "metric", "percent"},
                          {"chosen", "flag", ""}},
              .rows = {}};
  for (const auto& error : report.forecast.backtest.methods)
    table.rows.push_back({text(to_string(error.method)), cell(Money{error.mean_absolute_error}),
                          cell(error.percent_off), error.method == report.forecast.method});
  return table;
}

}  // namespace cloudcart::analytics
