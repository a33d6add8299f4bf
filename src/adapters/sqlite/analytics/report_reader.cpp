#include "adapters/sqlite/analytics/report_reader.h"

#include <algorithm>
#include <queue>
#include <tuple>

#include "adapters/sqlite/analytics/customer_set.h"

namespace cloudcart::analytics {
namespace {

constexpr auto sale = static_cast<std::int64_t>(OrderKind::sale);

OrderStatus status_at(const sqlite::Statement& row, int column) {
  return static_cast<OrderStatus>(row.integer(column));
}

Currency currency_at(const sqlite::Statement& row, int column) {
  return Currency::parse(row.text(column)).value();
}

std::optional<UserId> user_at(const sqlite::Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.id<UserId>(column);
}

/// The seven figures of a row of `sales`, from column `first` on.
SalesFigures flows_at(const sqlite::Statement& row, int first) {
  SalesFigures figures;
  figures.placed_orders = row.integer(first);
  figures.placed_units = row.integer(first + 1);
  figures.gross = row.money(first + 2);
  figures.cancelled_orders = row.integer(first + 3);
  figures.cancelled_units = row.integer(first + 4);
  figures.cancelled = row.money(first + 5);
  figures.new_customers = row.integer(first + 6);
  return figures;
}

/// The tallies with orders that are among the `limit` best by (amount, then `second`), and all that tie with
/// the last of these: who wins a tie is decided by ids, which only then need to be looked up.
template <class Ranked, class Column>
std::vector<Ranked> leaders(const Column& column, std::size_t limit, std::int64_t Tally::* second) {
  using Key = std::pair<std::int64_t, std::int64_t>;
  const auto key = [second](const Tally& tally) { return Key{tally.amount, tally.*second}; };
  std::priority_queue<Key, std::vector<Key>, std::greater<>> best;  // the least of them on top
  for (const auto& tally : column) {
    if (tally.orders == 0 || (best.size() == limit && key(tally) <= best.top())) continue;
    if (best.size() == limit) best.pop();
    best.push(key(tally));
  }
  std::vector<Ranked> ranked;
  for (std::size_t number = 0; number < column.size(); ++number)
    if (column[number].orders > 0 && key(column[number]) >= best.top())
      ranked.push_back({static_cast<std::int64_t>(number), column[number]});
  return ranked;
}

template <class T, class Better>
void keep_best(std::vector<T>& entries, std::size_t limit, Better better) {
  std::ranges::sort(entries, better);
  if (entries.size() > limit) entries.resize(limit);
}

}  // namespace

ReportReader::ReportReader(sqlite::Connection& connection, const TenantId& tenant)
    : connection_(connection), tenant_(tenant) {
  auto progress = connection_.prepare("SELECT position, time_zone FROM progress");
  if (!progress.step()) return;
  progress_.position = progress.integer(0);
  days_ = TimeZone::load(progress.text(1)).value();
  auto shop = connection_.prepare("SELECT number, last_event_at FROM shop WHERE tenant = ?");
  shop.bind(tenant_.value);
  if (!shop.step()) return;
  shop_ = shop.integer(0);
  progress_.last_event_at = shop.optional_integer(1).transform(from_unix_ms);
}

std::optional<Extent> ReportReader::extent() {
  auto row = connection_.prepare(
      "SELECT first_flow_at, last_flow_at FROM shop WHERE number = ? AND first_flow_at IS NOT NULL");
  row.bind(shop_);
  if (!row.step()) return std::nullopt;
  return Extent{row.timestamp(0), row.timestamp(1)};
}

Report ReportReader::report(const ReportRequest& request) {
  Report report;
  report.progress = progress_;
  report.sales = sales(request.days);
  report.previous_sales = sales(request.previous_days);
  if (request.top_products > 0) report.products = top_products(request.range, request.top_products);
  if (request.top_customers > 0)
    report.customers = top_customers(request.range.value(), request.top_customers);
  if (request.statuses) report.statuses = statuses(request.range);
  if (request.recent_orders > 0) report.recent_orders = recent_orders(request.recent_orders);
  return report;
}

bool ReportReader::begins_a_day(Timestamp time) const {
  return days_.start_of(day_of(time, days_)) == time;
}

ReportReader::Buckets ReportReader::buckets_of(const std::vector<Timestamp>& bounds) const {
  const bool whole_days =
      std::ranges::all_of(bounds, [this](Timestamp bound) { return begins_a_day(bound); });
  if (!whole_days) return {Grain::quarter_hour, quarter_of(bounds.front()), quarter_of(bounds.back())};
  return {Grain::day, day_number(day_of(bounds.front(), days_)), day_number(day_of(bounds.back(), days_))};
}

PeriodSales ReportReader::sales(const std::vector<Timestamp>& days) {
  PeriodSales sales;
  if (days.size() < 2) return sales;
  sales.days.resize(days.size() - 1);
  const auto buckets = buckets_of(days);
  auto rows = connection_.prepare(
      "SELECT bucket, placed_orders, placed_units, gross, cancelled_orders, cancelled_units, cancelled, "
      "new_customers,"
      " customers FROM sales WHERE shop = ? AND grain = ? AND bucket >= ? AND bucket < ? ORDER BY bucket");
  rows.bind_all(shop_, static_cast<std::int64_t>(buckets.grain), buckets.begin, buckets.end);
  CustomerSet of_day, of_period;
  std::size_t day = 0;
  const auto close_day = [&] {
    sales.days[day].active_customers = of_day.size();
    sales.total.add_flows(sales.days[day]);
    of_period.add(of_day);
    of_day = {};
  };
  while (rows.step()) {
    const auto start = buckets.grain == Grain::day ? days_.start_of(date_of_number(rows.integer(0)))
                                                   : start_of_quarter(rows.integer(0));
    for (; days[day + 1] <= start; ++day) close_day();
    sales.days[day].add_flows(flows_at(rows, 1));
    of_day.add(CustomerSet(rows.text(8)));
  }
  close_day();
  sales.total.active_customers = of_period.size();
  return sales;
}

StatusCounts ReportReader::statuses(const std::optional<TimeRange>& range) {
  const auto buckets = range ? buckets_of({range->begin, range->end}) : Buckets{};
  auto row = connection_.prepare(
      "SELECT sum(now_pending), sum(now_confirmed), sum(now_processing), sum(now_shipped), "
      "sum(now_delivered),"
      " sum(now_cancelled) FROM sales WHERE shop = ? AND grain = ? AND bucket >= ? AND bucket < ?");
  row.bind_all(shop_, static_cast<std::int64_t>(buckets.grain), buckets.begin, buckets.end);
  row.step();
  StatusCounts counts;
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = row.integer(static_cast<int>(i));
  return counts;
}

ReportReader::Column ReportReader::tallies(Subject subject, const TimeRange& range) {
  Column column;
  const auto first = day_of(range.begin, days_);
  const auto first_whole = days_.start_of(first) == range.begin ? first : add_days(first, 1);
  const auto end = day_of(range.end, days_);
  if (first_whole >= end) {
    tally_orders(column, subject, range);
    return column;
  }
  tally_days(column, subject, day_number(first_whole), day_number(end));
  tally_orders(column, subject, {range.begin, days_.start_of(first_whole)});
  tally_orders(column, subject, {days_.start_of(end), range.end});
  return column;
}

namespace {

void add(std::vector<Tally>& column, std::int64_t number, const Tally& tally) {
  const auto at = static_cast<std::size_t>(number);
  if (at >= column.size()) column.resize(at + 1);
  column[at].add(tally);
}

/// What is given back takes no order and no time with it.
Tally negated(const Tally& tally) {
  return {.orders = 0, .quantity = -tally.quantity, .amount = -tally.amount};
}

}  // namespace

void ReportReader::tally_days(Column& column, Subject subject, std::int64_t begin, std::int64_t end) {
  const auto stored_subject = static_cast<std::int64_t>(subject);
  auto last = connection_.prepare("SELECT max(block) FROM tally WHERE shop = ? AND subject = ?");
  last.bind_all(shop_, stored_subject).step();
  const auto last_block = last.optional_integer(0).value_or(-1);
  auto rows = connection_.prepare(
      "SELECT entries FROM tally WHERE shop = ? AND subject = ? AND block = ? AND day >= ? AND day < ?");
  for (std::int64_t block = 0; block <= last_block; ++block) {
    rows.bind_all(shop_, stored_subject, block, begin, end);
    while (rows.step())
      for (TallyCursor entry(rows.text(0)); entry.next();) add(column, entry.number(), entry.tally());
    rows.reset();
  }
}

void ReportReader::tally_orders(Column& column, Subject subject, const TimeRange& range) {
  if (range.begin >= range.end) return;
  const auto add_row = [&](const sqlite::Statement& row, auto flow) {
    if (subject == Subject::product) {
      for (TallyCursor entry(row.text(3)); entry.next();) add(column, entry.number(), flow(entry.tally()));
    } else if (!row.is_null(1)) {
      add(column, row.integer(1), flow({1, 0, row.integer(2), row.integer(0)}));
    }
  };
  auto placed = connection_.prepare(
      "SELECT ordered_at, customer, total, lines FROM order_fact INDEXED BY order_by_time"
      " WHERE shop = ? AND ordered_at >= ? AND ordered_at < ? AND kind = ?");
  placed.bind_all(shop_, range.begin, range.end, sale);
  while (placed.step()) add_row(placed, [](const Tally& tally) { return tally; });
  auto given_back = connection_.prepare(
      "SELECT cancelled_at, customer, cancelled_total, cancelled_lines FROM order_fact"
      " INDEXED BY order_by_cancellation WHERE shop = ? AND cancelled_at >= ? AND cancelled_at < ?");
  given_back.bind_all(shop_, range.begin, range.end);
  while (given_back.step()) add_row(given_back, negated);
}

std::vector<ProductSales> ReportReader::top_products(const std::optional<TimeRange>& range,
                                                     std::size_t limit) {
  std::vector<ProductSales> products;
  auto named = connection_.prepare("SELECT product_id, name FROM product WHERE number = ?");
  for (const auto& [number, tally] : leaders<Ranked>(product_tallies(range), limit, &Tally::quantity)) {
    named.bind(number).step();
    products.push_back(
        {named.id<ProductId>(0), named.string(1), tally.quantity, Money{tally.amount}, tally.orders});
    named.reset();
  }
  keep_best(products, limit, [](const ProductSales& a, const ProductSales& b) {
    return std::tie(b.revenue, b.quantity, a.product) < std::tie(a.revenue, a.quantity, b.product);
  });
  return products;
}

ReportReader::Column ReportReader::product_tallies(const std::optional<TimeRange>& range) {
  if (range) return tallies(Subject::product, *range);
  Column column;
  tally_days(column, Subject::product_of_all_time, 0, 1);
  return column;
}

std::vector<CustomerActivity> ReportReader::top_customers(const TimeRange& range, std::size_t limit) {
  std::vector<CustomerActivity> customers;
  auto known = connection_.prepare("SELECT user_id FROM customer WHERE number = ?");
  for (const auto& [number, tally] :
       leaders<Ranked>(tallies(Subject::customer, range), limit, &Tally::orders)) {
    known.bind(number).step();
    customers.push_back(
        {known.id<UserId>(0), tally.orders, Money{tally.amount}, from_unix_ms(tally.newest_at)});
    known.reset();
  }
  keep_best(customers, limit, [](const CustomerActivity& a, const CustomerActivity& b) {
    return std::tie(b.spent, b.order_count, a.user) < std::tie(a.spent, a.order_count, b.user);
  });
  return customers;
}

std::vector<OrderSummary> ReportReader::recent_orders(std::size_t limit) {
  auto rows = connection_.prepare(
      "SELECT order_id, user_id, status, kind, total, currency, units, ordered_at"
      " FROM order_fact INDEXED BY order_by_time LEFT JOIN customer ON customer.number = order_fact.customer"
      " WHERE order_fact.shop = ? AND ordered_at IS NOT NULL ORDER BY ordered_at DESC, order_id DESC"
      " LIMIT ?");
  rows.bind_all(shop_, static_cast<std::int64_t>(limit));
  std::vector<OrderSummary> orders;
  while (rows.step())
    orders.push_back({rows.id<OrderId>(0), user_at(rows, 1), status_at(rows, 2),
                      static_cast<OrderKind>(rows.integer(3)), rows.money(4), currency_at(rows, 5),
                      rows.integer(6), rows.timestamp(7)});
  return orders;
}

std::vector<PlacedOrder> ReportReader::placed_after(std::int64_t after) {
  auto rows = connection_.prepare(
      "SELECT position, event_id, order_id, user_id, status, total, currency, units, placed_at FROM "
      "placed_order"
      " WHERE shop = ? AND position > ? ORDER BY position");
  rows.bind_all(shop_, after);
  std::vector<PlacedOrder> placed;
  while (rows.step())
    placed.push_back({tenant_, rows.integer(0), rows.id<EventId>(1),
                      OrderSummary{rows.id<OrderId>(2), user_at(rows, 3), status_at(rows, 4), OrderKind::sale,
                                   rows.money(5), currency_at(rows, 6), rows.integer(7), rows.timestamp(8)}});
  return placed;
}

Totals ReportReader::totals() {
  Totals totals{.position = progress_.position, .all = {}, .by_utc_day = {}};
  auto rows = connection_.prepare(
      "SELECT bucket, placed_orders, placed_units, gross, cancelled_orders, cancelled_units, cancelled, 0"
      " FROM sales WHERE shop = ? AND grain = ?");
  rows.bind_all(shop_, static_cast<std::int64_t>(Grain::all_time));
  while (rows.step()) totals.all = flows_at(rows, 1);
  rows.reset();
  rows.bind_all(shop_, static_cast<std::int64_t>(Grain::quarter_hour));
  while (rows.step())
    totals.by_utc_day[floor<std::chrono::days>(start_of_quarter(rows.integer(0)))].add_flows(
        flows_at(rows, 1));
  return totals;
}

}  // namespace cloudcart::analytics
