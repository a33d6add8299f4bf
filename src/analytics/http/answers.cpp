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

std::string hundredths(std::int64_t value) {
  return fmt::format("{}.{:02}", value / 100, value % 100);
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

void write_period(JsonWriter& json, const PeriodReport& report, const Shop& shop) {
  const auto& period = report.period;
  const auto previous = period.previous();
  json.key("period").begin_object();
  json.field("from", to_date_string(period.dates.from)).field("to", to_date_string(period.dates.to));
  json.field("days", period.dates.days()).field("time_zone", period.zone.name());
  json.field("currency", shop.currency.code()).field("shop_name", shop.name);
  json.field("previous_from", to_date_string(previous.from))
      .field("previous_to", to_date_string(previous.to));
  json.field("anchor", period.anchor == Anchor::today ? "today" : "last_data");
  json.field("incomplete", period.range().end > report.as_of).end_object();
}

void write_freshness(JsonWriter& json, const PeriodReport& report) {
  const auto& progress = report.report.progress;
  json.key("freshness").begin_object().field("events_behind", report.events_behind);
  json.field("position", progress.position).field("last_event_at", progress.last_event_at).end_object();
}

void write_sales_days(JsonWriter& json, std::string_view name, DateRange dates, const TimeZone& zone,
                      const std::vector<SalesFigures>& days, Timestamp as_of) {
  json.key(name).begin_array();
  auto date = dates.from;
  for (const auto& day : days) {
    const auto next = add_days(date, 1);
    json.begin_object().field("date", to_date_string(date)).field("total_orders", day.orders());
    json.key("total_revenue").amount_number(day.net()).key("gross_revenue").amount_number(day.gross);
    json.key("cancelled_revenue").amount_number(day.cancelled);
    json.key("average_order_value").amount_number(day.average_order_value());
    json.field("active_customers", day.active_customers);
    json.field("incomplete", zone.start_of(next) > as_of).end_object();
    date = next;
  }
  json.end_array();
}

void write_products(JsonWriter& json, std::string_view name, const std::vector<ProductSales>& products) {
  json.key(name).begin_array();
  for (const auto& product : products) {
    json.begin_object().field("product_id", product.product).field("product_name", product.name);
    json.field("total_quantity", product.quantity).key("total_revenue").amount_number(product.revenue);
    json.field("order_count", product.order_count).end_object();
  }
  json.end_array();
}

std::int64_t total(const StatusCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

void write_statuses(JsonWriter& json, std::string_view name, const StatusCounts& counts) {
  const auto all = total(counts);
  json.key(name).begin_array();
  for (const auto status : all_order_statuses) {
    const auto count = counts[static_cast<std::size_t>(status)];
    json.begin_object().field("status", to_string(status)).field("count", count);
    json.key("percentage").raw(hundredths(share_in_basis_points(count, all))).end_object();
  }
  json.end_array();
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
  write_period(json, report, shop);
  write_freshness(json, report);
  json.end_object();
}

}  // namespace

JsonWriter dashboard_json(const PeriodReport& report, const Shop& shop) {
  const auto& [period, parts, events_behind, as_of] = report;
  JsonWriter json;
  json.begin_object();
  write_period(json, report, shop);
  write_overview(json, parts);
  write_sales_days(json, "recent_sales", period.dates, period.zone, parts.sales.days, as_of);
  write_sales_days(json, "previous_sales", period.previous(), period.zone, parts.previous_sales.days, as_of);
  write_products(json, "top_products", parts.products);
  write_statuses(json, "order_status", parts.statuses);
  write_recent_orders(json, parts.recent_orders);
  write_freshness(json, report);
  json.field("last_updated", as_of).end_object();
  return json;
}

JsonWriter daily_sales_json(const PeriodReport& report, const Shop& shop) {
  const auto& period = report.period;
  JsonWriter json;
  json.begin_object();
  write_sales_days(json, "daily_sales", period.dates, period.zone, report.report.sales.days, report.as_of);
  json.field("period_days", period.dates.days());
  finish(json, report, shop);
  return json;
}

JsonWriter top_products_json(const PeriodReport& report, const Shop& shop, std::size_t limit) {
  JsonWriter json;
  json.begin_object();
  write_products(json, "products", report.report.products);
  json.field("limit", static_cast<std::uint64_t>(limit));
  finish(json, report, shop);
  return json;
}

JsonWriter user_activity_json(const PeriodReport& report, const Shop& shop) {
  JsonWriter json;
  json.begin_object().key("top_users").begin_array();
  for (const auto& customer : report.report.customers) {
    json.begin_object().field("user_id", customer.user).field("order_count", customer.order_count);
    json.key("total_spent").amount_number(customer.spent);
    json.field("last_order_date", customer.last_order_at).end_object();
  }
  json.end_array().field("period_days", report.period.dates.days());
  finish(json, report, shop);
  return json;
}

JsonWriter status_distribution_json(const PeriodReport& report, const Shop& shop) {
  JsonWriter json;
  json.begin_object();
  write_statuses(json, "distribution", report.report.statuses);
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
