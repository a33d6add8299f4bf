#include "analytics/http/answers.h"

#include <array>
#include <cstdlib>
#include <numeric>

#include <fmt/format.h>

namespace cloudcart::analytics {
namespace {

struct FigureField {
  std::string_view name;
  bool is_amount;
  std::int64_t (*value)(const SalesFigures&);
};

/// The figures of an overview, in the order of the contract.
constexpr std::array<FigureField, 9> figure_fields{{
    {"total_orders", false, [](const SalesFigures& f) { return f.orders(); }},
    {"total_revenue", true, [](const SalesFigures& f) { return f.net().minor_units(); }},
    {"gross_revenue", true, [](const SalesFigures& f) { return f.gross.minor_units(); }},
    {"cancelled_revenue", true, [](const SalesFigures& f) { return f.cancelled.minor_units(); }},
    {"average_order_value", true,
     [](const SalesFigures& f) { return f.average_order_value().minor_units(); }},
    {"active_customers", false, [](const SalesFigures& f) { return f.active_customers; }},
    {"new_customers", false, [](const SalesFigures& f) { return f.new_customers; }},
    {"units_sold", false, [](const SalesFigures& f) { return f.units(); }},
    {"cancelled_orders", false, [](const SalesFigures& f) { return f.cancelled_orders; }},
}};

/// A whole number of tenths, as a JSON number: -3 is -0.3.
std::string tenths(std::int64_t value) {
  return fmt::format("{}{}.{}", value < 0 ? "-" : "", std::abs(value / 10), std::abs(value % 10));
}

void write_figures(JsonWriter& json, const SalesFigures& figures) {
  for (const auto& field : figure_fields) {
    json.key(field.name);
    const auto value = field.value(figures);
    field.is_amount ? json.amount_number(Money{value}) : json.value(value);
  }
}

void write_changes(JsonWriter& json, const SalesFigures& now, const SalesFigures& before) {
  for (const auto& field : figure_fields) {
    json.key(field.name);
    const auto change = change_in_permille(field.value(now), field.value(before));
    change ? json.raw(tenths(*change)) : json.null();
  }
}

void write_overview(JsonWriter& json, const Report& report) {
  const auto& now = report.sales.total;
  const auto& before = report.previous_sales.total;
  json.key("overview").begin_object();
  write_figures(json, now);
  json.key("previous").begin_object();
  write_figures(json, before);
  json.end_object().key("change").begin_object();
  write_changes(json, now, before);
  json.end_object().end_object();
}

Table sales_days_table() {
  return {{{"date", "dimension", ""},
           {"total_orders", "metric", "count"},
           {"total_revenue", "metric", "amount"},
           {"gross_revenue", "metric", "amount"},
           {"cancelled_revenue", "metric", "amount"},
           {"average_order_value", "metric", "amount"},
           {"active_customers", "metric", "count"},
           {"incomplete", "flag", ""}},
          {}};
}

void add_sales_day(Table& table, Date date, const SalesFigures& day, const PeriodReport& report) {
  table.rows.push_back({to_date_string(date), cell(day.orders()), cell(day.net()), cell(day.gross),
                        cell(day.cancelled), cell(day.average_order_value()), cell(day.active_customers),
                        report.period.zone.start_of(add_days(date, 1)) > report.as_of});
}

/// For each day of the period the one that it is compared with: of a leap year, one may stand there twice, or not.
Table previous_sales_table(const PeriodReport& report) {
  auto table = sales_days_table();
  const auto& period = report.period;
  const auto previous = period.previous();
  for (int i = 0; i < period.dates.days(); ++i) {
    const auto date = period.previous(add_days(period.dates.from, i));
    const auto place = static_cast<std::size_t>(DateRange{previous.from, date}.days() - 1);
    add_sales_day(table, date, report.report.previous_sales.days.at(place), report);
  }
  return table;
}

Table products_table(const std::vector<ProductSales>& products) {
  Table table{{{"product_id", "dimension", ""},
               {"product_name", "label", ""},
               {"total_quantity", "metric", "count"},
               {"total_revenue", "metric", "amount"},
               {"order_count", "metric", "count"}},
              {}};
  for (const auto& product : products)
    table.rows.push_back({product.product.to_string(), product.name, cell(product.quantity),
                          cell(product.revenue), cell(product.order_count)});
  return table;
}

std::int64_t total(const StatusCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

Table statuses_table(const StatusCounts& counts) {
  Table table{
      {{"status", "dimension", ""}, {"count", "metric", "count"}, {"percentage", "metric", "percent"}}, {}};
  const auto all = total(counts);
  for (const auto status : all_order_statuses) {
    const auto count = counts[static_cast<std::size_t>(status)];
    table.rows.push_back(
        {std::string{to_string(status)}, cell(count), Number{share_in_basis_points(count, all), 2}});
  }
  return table;
}

void write_order_fields(JsonWriter& json, const OrderSummary& order) {
  json.field("order_id", order.order).field("user_id", order.user);
  json.field("status", to_string(order.status)).field("kind", to_string(order.kind));
  json.key("total_amount").amount_number(order.total).field("currency", order.currency.code());
  json.field("item_count", order.units).field("timestamp", order.at);
}

void write_recent_orders(JsonWriter& json, const std::vector<OrderSummary>& orders) {
  json.key("recent_orders").begin_array();
  for (const auto& order : orders) {
    json.begin_object();
    write_order_fields(json, order);
    json.end_object();
  }
  json.end_array();
}

void finish(JsonWriter& json, const PeriodReport& report, const Shop& shop) {
  write_period(json, report.period, shop, report.as_of);
  write_freshness(json, report.report.progress, report.events_behind);
  json.end_object();
}

}  // namespace

void write_period(JsonWriter& json, const Period& period, const Shop& shop, Timestamp as_of) {
  const auto previous = period.previous();
  json.key("period").begin_object();
  json.field("from", to_date_string(period.dates.from)).field("to", to_date_string(period.dates.to));
  json.field("days", period.dates.days()).field("time_zone", period.zone.name());
  json.field("currency", shop.currency.code()).field("shop_name", shop.name);
  json.field("previous_from", to_date_string(previous.from))
      .field("previous_to", to_date_string(previous.to))
      .field("compare", to_string(period.comparison));
  json.field("anchor", period.anchor == Anchor::today ? "today" : "last_data");
  json.field("incomplete", period.range().end > as_of).end_object();
}

void write_freshness(JsonWriter& json, const Progress& progress, std::int64_t events_behind) {
  json.key("freshness").begin_object().field("events_behind", events_behind);
  json.field("position", progress.position).field("last_event_at", progress.last_event_at).end_object();
}

Table daily_sales_table(const PeriodReport& report) {
  auto table = sales_days_table();
  auto date = report.period.dates.from;
  for (const auto& day : report.report.sales.days) {
    add_sales_day(table, date, day, report);
    date = add_days(date, 1);
  }
  return table;
}

Table top_products_table(const PeriodReport& report) {
  return products_table(report.report.products);
}

Table user_activity_table(const PeriodReport& report) {
  Table table{{{"user_id", "dimension", ""},
               {"order_count", "metric", "count"},
               {"total_spent", "metric", "amount"},
               {"last_order_date", "label", ""}},
              {}};
  for (const auto& customer : report.report.customers)
    table.rows.push_back({customer.user.to_string(), cell(customer.order_count), cell(customer.spent),
                          to_rfc3339(customer.last_order_at)});
  return table;
}

Table status_distribution_table(const PeriodReport& report) {
  return statuses_table(report.report.statuses);
}

JsonWriter dashboard_json(const PeriodReport& report, const Shop& shop) {
  const auto& [period, parts, events_behind, as_of] = report;
  JsonWriter json;
  json.begin_object();
  write_period(json, period, shop, as_of);
  write_overview(json, parts);
  write_rows(json, "recent_sales", daily_sales_table(report));
  write_rows(json, "previous_sales", previous_sales_table(report));
  write_rows(json, "top_products", products_table(parts.products));
  write_rows(json, "order_status", statuses_table(parts.statuses));
  write_recent_orders(json, parts.recent_orders);
  write_freshness(json, parts.progress, events_behind);
  json.field("last_updated", as_of).end_object();
  return json;
}

JsonWriter daily_sales_json(const Table& table, const PeriodReport& report, const Shop& shop) {
  JsonWriter json;
  json.begin_object();
  write_rows(json, "daily_sales", table);
  json.field("period_days", report.period.dates.days());
  finish(json, report, shop);
  return json;
}

JsonWriter top_products_json(const Table& table, const PeriodReport& report, const Shop& shop,
                             std::size_t limit) {
  JsonWriter json;
  json.begin_object();
  write_rows(json, "products", table);
  json.field("limit", static_cast<std::uint64_t>(limit));
  finish(json, report, shop);
  return json;
}

JsonWriter user_activity_json(const Table& table, const PeriodReport& report, const Shop& shop) {
  JsonWriter json;
  json.begin_object();
  write_rows(json, "top_users", table);
  json.field("period_days", report.period.dates.days());
  finish(json, report, shop);
  return json;
}

JsonWriter status_distribution_json(const Table& table, const PeriodReport& report, const Shop& shop) {
  JsonWriter json;
  json.begin_object();
  write_rows(json, "distribution", table);
  json.field("total_orders", total(report.report.statuses));
  finish(json, report, shop);
  return json;
}

JsonWriter placed_order_json(const PlacedOrder& placed) {
  JsonWriter json;
  json.begin_object().field("event_id", placed.event).field("type", "order.created");
  write_order_fields(json, placed.order);
  json.end_object();
  return json;
}

}  // namespace cloudcart::analytics
