// The analytics store on ClickHouse in process: filling it from a log, small and large batches, and the questions of the
// dashboard and the reports. Prints Markdown. benchmarks/README.md says how it is called.

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "adapters/clickhouse/analytics/clickhouse_analytics_store.h"
#include "analytics/domain/heat_map.h"
#include "analytics/domain/report_queries.h"

namespace cloudcart::analytics {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::days;

constexpr std::size_t load_batch = 10'000;
constexpr std::uint32_t categories = 40;
constexpr int history_days = 730;
const Timestamp history_begin = parse_rfc3339("2024-11-01T00:00:00Z").value();

const auto zone = TimeZone::load("Europe/London").value();

/// The last days of the history but those in which parcels are still on their way.
Period last(int count) {
  const auto end = zone.date_of(history_begin + days{history_days - 3});
  return {{add_days(end, 1 - count), end}, zone};
}

CubeQuestions dashboard(const Period& period) {
  return questions_of({.range = period.range(),
                       .days = day_bounds(period.dates, zone),
                       .previous_days = day_bounds(period.previous(), zone),
                       .top_products = 10,
                       .statuses = true,
                       .recent_orders = 10});
}

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Ids as the platform makes them: the time first, then what tells them apart.
template <class IdType>
IdType made_at(Timestamp time, std::uint64_t number) {
  IdType id;
  for (int byte = 0; byte < 6; ++byte)
    id.value.bytes[5 - byte] = static_cast<std::uint8_t>(to_unix_ms(time) >> (8 * byte));
  auto mixed = (number + 1) * 0x9E3779B97F4A7C15ULL;
  for (int byte = 6; byte < 16; ++byte, mixed = mixed * 31 + number)
    id.value.bytes[byte] = static_cast<std::uint8_t>(mixed >> 40);
  return id;
}

/// Two years of an invented shop: three lines an order, some products and customers more often than others; a tenth is cancelled, the
/// rest shipped and delivered.
class Shop {
 public:
  Shop(std::uint32_t orders, std::uint32_t products, std::uint32_t customers)
      : orders_(orders), products_(products), customers_(customers) {}

  std::uint32_t orders() const { return orders_; }
  ProductId product(std::uint32_t number) const {
    return made_at<ProductId>(history_begin - days{30}, number);
  }

  std::vector<events::OrderEvent> life(std::uint32_t number) {
    const auto time =
        history_begin + milliseconds{std::int64_t{history_days} * 86'400'000 / orders_ * number};
    events::OrderEvent event;
    event.order_id = made_at<OrderId>(time, number);
    event.user_id = made_at<UserId>(history_begin - days{60}, skewed(customers_));
    event.currency = Currency::parse("GBP").value();
    for (int line = 0; line < 3; ++line) {
      const auto product = skewed(products_);
      const Money price{100 + product % 5000}, subtotal{2 * price.minor_units()};
      event.lines.push_back({this->product(product), fmt::format("Product {}", product),
                             fmt::format("Category {}", product % categories), 2, price, subtotal});
      event.total = event.total.plus(subtotal).value();
    }
    std::vector<events::OrderEvent> life;
    const auto add = [&](std::string type, OrderStatus status, Timestamp at) {
      event.type = std::move(type);
      event.status = status;
      event.version = std::ssize(life) + 1;
      event.timestamp = at;
      event.event_id = made_at<EventId>(at, std::uint64_t{number} * 4 + life.size());
      life.push_back(event);
      if (event.is_created()) event.lines.clear();
    };
    const auto lines = event.lines;
    add("order.created", OrderStatus::pending, time);
    if (random_() % 10 == 0) {
      event.lines = lines;
      add("order.cancelled", OrderStatus::cancelled, time + std::chrono::hours{5 + random_() % 48});
    } else {
      add("order.shipped", OrderStatus::shipped, time + std::chrono::hours{3 + random_() % 40});
      add("order.delivered", OrderStatus::delivered, time + std::chrono::hours{50 + random_() % 60});
    }
    return life;
  }

 private:
  std::uint32_t skewed(std::uint32_t count) {
    return static_cast<std::uint32_t>(std::min(random_() % count, random_() % count));
  }

  const std::uint32_t orders_, products_, customers_;
  std::mt19937 random_{1};
};

template <class T>
T done(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

class Benchmark {
 public:
  Benchmark(clickhouse::Store& database, Shop& shop, std::uint64_t memory_bytes)
      : shop_(shop),
        store_(database, readers_,
               {.currency = Currency::parse("GBP").value(),
                .days = TimeZone::load("Europe/London").value(),
                .memory_bytes = memory_bytes}),
        has_columns_(memory_bytes > 0) {}

  void fill();
  /// Until columns are there, if there are to be any.
  void wait_for_columns();
  void small_batches();
  void ask_all();

 private:
  void apply(std::vector<events::LogRecord>& batch) {
    done(sync_wait(store_.apply(std::exchange(batch, {}), Deadline::max())));
  }
  std::vector<events::LogRecord> new_orders(std::size_t count);
  void measure(std::string_view what, int rounds, const std::function<void()>& work);
  void ask(CubeQuestions questions) {
    done(sync_wait(store_.ask({}, std::move(questions), Deadline::max())));
  }

  Shop& shop_;
  OffloadPool readers_{"reader", 2, 100};
  ClickHouseAnalyticsStore store_;
  const bool has_columns_;
  std::int64_t position_ = 0;
  std::uint32_t next_order_ = 0;
};

void Benchmark::fill() {
  const auto stored = done(sync_wait(store_.position(Deadline::max())));
  const auto start = Clock::now();
  std::vector<events::LogRecord> batch;
  std::size_t events = 0;
  for (; next_order_ < shop_.orders(); ++next_order_) {
    for (auto& event : shop_.life(next_order_)) {
      if (++position_ > stored) batch.push_back({position_, std::move(event)});
      if (batch.size() < load_batch) continue;
      events += batch.size();
      apply(batch);
    }
  }
  events += batch.size();
  apply(batch);
  const auto took = milliseconds_since(start) / 1000;
  if (events > 0)
    fmt::print("Filled with {} orders, {} events, in batches of {}: {:.0f} s, {:.0f} events/s.\n\n",
               shop_.orders(), events, load_batch, took, static_cast<double>(events) / took);
}

void Benchmark::wait_for_columns() {
  if (!has_columns_) return;
  const auto start = Clock::now();
  // A question asks for them.
  while (store_.memory_bytes() == 0) {
    ask({});
    std::this_thread::sleep_for(milliseconds{10});
  }
  fmt::print("Read into columns: {:.1f} s, about {} MiB.\n\n", milliseconds_since(start) / 1000,
             store_.memory_bytes() >> 20);
}

std::vector<events::LogRecord> Benchmark::new_orders(std::size_t count) {
  std::vector<events::LogRecord> records;
  while (records.size() < count) {
    auto event = shop_.life(shop_.orders() - 1).front();
    event.order_id = made_at<OrderId>(event.timestamp, 1'000'000'000 + position_);
    records.push_back({++position_, std::move(event)});
  }
  return records;
}

void Benchmark::measure(std::string_view what, int rounds, const std::function<void()>& work) {
  std::vector<double> times;
  work();
  for (int round = 0; round < rounds; ++round) {
    const auto start = Clock::now();
    work();
    times.push_back(milliseconds_since(start));
  }
  std::ranges::sort(times);
  const auto last = times.size() - 1;
  fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} |\n", what, times[last / 2], times[last * 99 / 100],
             times[last]);
  std::fflush(stdout);
}

void Benchmark::small_batches() {
  position_ = std::max(position_, done(sync_wait(store_.position(Deadline::max()))));
  for (const std::size_t size : {1, 1000}) {
    measure(fmt::format("apply a batch of {} new orders", size), 30, [&] {
      auto batch = new_orders(size);
      apply(batch);
    });
  }
  measure("one new order, and the dashboard of 30 days with it", 30, [&] {
    auto batch = new_orders(1);
    apply(batch);
    ask(dashboard(last(30)));
  });
}

void Benchmark::ask_all() {
  const auto month = last(30), year = last(365);
  const auto days_of = [&](DateRange dates) { return day_bounds(dates, zone); };
  const int rounds = has_columns_ ? 100 : 15;
  measure("dashboard, 30 days", rounds, [&] { ask(dashboard(month)); });
  measure("dashboard, 365 days", rounds, [&] { ask(dashboard(year)); });
  measure("daily sales, 30 days", rounds, [&] { ask(questions_of({.days = days_of(month.dates)})); });
  measure("daily sales, 365 days", rounds, [&] { ask(questions_of({.days = days_of(year.dates)})); });
  measure("top products, 30 days", rounds, [&] { ask({{top_products_query(month.range(), 10)}}); });
  measure("top products, all time", rounds, [&] { ask({{top_products_query(std::nullopt, 10)}}); });
  measure("top customers, 30 days", rounds,
          [&] { ask(questions_of({.range = month.range(), .top_customers = 10})); });
  measure("statuses, all time", rounds, [&] { ask(questions_of({.statuses = true})); });
  measure("statuses, 30 days", rounds,
          [&] { ask(questions_of({.range = month.range(), .statuses = true})); });
  measure("heat map, 28 days", rounds, [&] { ask({{heat_map_query(last(28).dates, zone)}}); });
  measure("categories, 365 days, with customers and passages", rounds / 3, [&] {
    ask({{CubeQuery{.moments = {year.range()},
                    .axes = {{Dimension::category, {}}},
                    .customers = true,
                    .passages = true}}});
  });
  measure("10 recent orders", rounds, [&] { ask({{}, 10}); });
  measure("extent", rounds, [&] { done(sync_wait(store_.extent({}, Deadline::max()))); });
  measure("companions, 90 days", rounds, [&] {
    done(sync_wait(store_.companions({}, shop_.product(5), last(90).range(), 10, Deadline::max())));
  });
  measure("cohorts, 12 months", rounds / 3, [&] {
    done(sync_wait(store_.cohorts({}, time_axis(Dimension::month, year.dates, zone).axis, Deadline::max())));
  });
  measure("all customers", rounds / 3, [&] { done(sync_wait(store_.customers({}, Deadline::max()))); });
  measure("totals (reconciliation)", rounds / 3,
          [&] { done(sync_wait(store_.totals({}, Deadline::max()))); });
  measure("500 orders to replay", rounds,
          [&] { done(sync_wait(store_.placed_after({}, position_ - 600, Deadline::max()))); });
}

}  // namespace
}  // namespace cloudcart::analytics

int main(int argc, char** argv) {
  using namespace cloudcart;
  if (argc < 2) {
    fmt::print(stderr,
               "usage: benchmarks_clickhouse http://[user:password@]host:port [orders [memory_bytes]]\n");
    return 2;
  }
  spdlog::set_level(spdlog::level::warn);
  try {
    const auto orders = argc > 2 ? static_cast<std::uint32_t>(std::stoul(argv[2])) : 1'000'000U;
    const auto memory_bytes = argc > 3 ? std::stoull(argv[3]) : std::uint64_t{1} << 30;
    clickhouse::Store database(
        {.url = argv[1], .database = fmt::format("benchmark_{}", orders), .patience = seconds{300}},
        "analytics");
    analytics::Shop shop(orders, 100'000, 200'000);
    analytics::Benchmark benchmark(database, shop, memory_bytes);
    benchmark.fill();
    benchmark.wait_for_columns();
    fmt::print("| what | p50 ms | p99 ms | max ms |\n| --- | ---: | ---: | ---: |\n");
    benchmark.ask_all();
    benchmark.small_batches();
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    return 2;
  }
  return 0;
}
