// The recommender's engine in process: training and memory by size, learning order by order, answers, also while a
// refresh runs. Prints Markdown. benchmarks/README.md says how it is called.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "recommendation/domain/model.h"
#include "runtime/parallel.h"

namespace cloudcart::recommendation {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Of this process, in MiB.
long resident() {
  long pages = 0;
  if (auto* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * 4096 / (1 << 20);
}

template <class IdType>
IdType numbered(std::uint64_t number) {
  IdType id;
  for (int byte = 0; byte < 8; ++byte)
    id.value.bytes[15 - byte] = static_cast<std::uint8_t>(number >> (8 * byte));
  return id;
}

/// A year of an invented shop. Products sell by Zipf's law with exponent 0.8; an order has a geometric number of lines, of which
/// about half are taken from the 50 products beside its first one, so that there is something to learn.
class Shop {
 public:
  Shop(std::size_t orders, std::size_t products, double lines)
      : orders_(orders), products_(products), more_lines_(1 / lines) {
    double sum = 0;
    for (std::size_t i = 0; i < products; ++i)
      cumulated_.push_back(sum += std::pow(static_cast<double>(i + 1), -0.8));
  }

  std::uint32_t product() {
    const auto at = std::uniform_real_distribution<>(0, cumulated_.back())(random_);
    return static_cast<std::uint32_t>(std::ranges::lower_bound(cumulated_, at) - cumulated_.begin());
  }
  UserId customer() { return numbered<UserId>(random_() % (orders_ / 5 + 1)); }
  events::OrderEvent order(std::size_t number) {
    events::OrderEvent event;
    event.event_id = numbered<EventId>(number);
    event.type = "order.created";
    event.order_id = numbered<OrderId>(number);
    event.user_id = customer();
    event.timestamp = first_day + std::chrono::minutes{number * 365 * 24 * 60 / orders_};
    const auto first = product();
    add(event, first);
    for (auto more = more_lines_(random_); more > 0; --more)
      add(event,
          random_() % 2 ? product() : static_cast<std::uint32_t>((first + 1 + random_() % 50) % products_));
    return event;
  }

 private:
  static constexpr Timestamp first_day{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  static void add(events::OrderEvent& event, std::uint32_t product) {
    events::EventLine line;
    line.product_id = numbered<ProductId>(product);
    line.quantity = 1;
    event.lines.push_back(std::move(line));
  }

  const std::size_t orders_, products_;
  std::mt19937_64 random_{1};
  std::geometric_distribution<int> more_lines_;
  std::vector<double> cumulated_;
};

struct Spread {
  double p50, p99, p999, mean;
};
Spread spread_of(std::vector<double> values) {
  std::ranges::sort(values);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  double sum = 0;
  for (const auto value : values) sum += value;
  return {at(0.5), at(0.99), at(0.999), sum / static_cast<double>(values.size())};
}

void on_all_threads(const std::function<void()>& work) {
  run_on_threads(hardware_threads(), work);
}

OrderBook book_of(Shop& shop, std::size_t orders, double& seconds) {
  OrderBook book;
  constexpr std::size_t batch = 10'000;
  std::vector<events::OrderEvent> events;
  for (std::size_t next = 0; next < orders;) {
    events.clear();
    for (; events.size() < batch && next < orders; ++next) events.push_back(shop.order(next));
    const auto start = Clock::now();
    for (const auto& event : events) book.record(event);
    seconds += seconds_since(start);
  }
  return book;
}

void train(std::size_t orders, std::size_t products, double lines, bool with_weights) {
  Shop shop(orders, products, lines);
  double book_seconds = 0;
  auto book = book_of(shop, orders, book_seconds);
  auto start = Clock::now();
  Model model(std::move(book), {}, on_all_threads);
  const auto counting = seconds_since(start);
  start = Clock::now();
  model.refresh(Model::Refresh::regressions, on_all_threads);
  const auto refresh = seconds_since(start);
  double weights = 0;
  if (with_weights) {
    start = Clock::now();
    model.refresh(Model::Refresh::regressions_and_weights, on_all_threads);
    weights = seconds_since(start);
  }
  std::printf("| %zu | %zu | %.1f | %.2f | %.3f | %.2f | %s | %lu | %ld |\n", orders, products, lines,
              book_seconds, counting, refresh,
              with_weights ? std::to_string(weights).substr(0, 5).c_str() : "–",
              static_cast<unsigned long>(model.size().bytes >> 20), resident());
  std::fflush(stdout);
}

void order_regressions(std::size_t orders, std::size_t products, double lines) {
  Shop shop(orders, products, lines);
  double ignored = 0;
  const auto book = book_of(shop, orders, ignored);
  Epochs epochs;
  CoPurchases pairs(epochs, {}, book.newest());
  auto start = Clock::now();
  pairs.count_all(book, on_all_threads);
  const auto counting = seconds_since(start);
  LocalEase ease(epochs, {});
  start = Clock::now();
  ease.solve_all(pairs, book.products().size(),
                 static_cast<std::uint64_t>(static_cast<double>(orders) * lines), on_all_threads);
  std::printf("| %zu | %zu | %.1f | %.3f | %.3f | %zu | %zu |\n", orders, products, lines, counting,
              seconds_since(start), pairs.bytes() >> 20, ease.bytes() >> 20);
  std::fflush(stdout);
}

void learn(Model& model, Shop& shop, std::size_t first, std::size_t count, double lines) {
  std::vector<events::OrderEvent> events;
  for (std::size_t i = 0; i < count; ++i) events.push_back(shop.order(first + i));
  std::vector<double> micros;
  const auto begun = Clock::now();
  for (const auto& event : events) {
    const auto start = Clock::now();
    model.apply(event);
    micros.push_back(seconds_since(start) * 1e6);
  }
  const auto all = seconds_since(begun);
  const auto spread = spread_of(std::move(micros));
  std::printf("| %.1f | %.0f | %.1f | %.1f | %.1f |\n", lines, static_cast<double>(count) / all, spread.p50,
              spread.p99, spread.p999);
  std::fflush(stdout);
}

void answer(const Model& model, Shop& shop, const char* beside) {
  const auto ask = [&](const char* name, auto make) {
    std::vector<double> micros;
    for (int i = 0; i < 5'000; ++i) {
      const Question question = make();
      const auto start = Clock::now();
      (void)model.recommend(question);
      micros.push_back(seconds_since(start) * 1e6);
    }
    const auto spread = spread_of(std::move(micros));
    std::printf("| %s | %s | %.0f | %.0f | %.0f | %.0f |\n", name, beside, spread.mean, spread.p50,
                spread.p99, spread.p999);
    std::fflush(stdout);
  };
  const auto some = [&] { return numbered<ProductId>(shop.product()); };
  ask("product page", [&] { return Question{.task = TaskKind::product_page, .products = {some()}}; });
  ask("basket of 3",
      [&] { return Question{.task = TaskKind::basket, .products = {some(), some(), some()}}; });
  ask("next order", [&] { return Question{.task = TaskKind::next_order, .user = shop.customer()}; });
  ask("new products", [&] { return Question{.task = TaskKind::new_to_customer, .user = shop.customer()}; });
  ask("newcomer", [&] { return Question{.task = TaskKind::first_order}; });
}

void serve(std::size_t orders, std::size_t products) {
  constexpr double lines = 3;
  Shop shop(orders, products, lines);
  double ignored = 0;
  Model model(book_of(shop, orders, ignored), {}, on_all_threads);
  model.refresh(Model::Refresh::regressions, on_all_threads);
  std::puts(
      "\n### Learning live orders, one thread\n\n| lines | orders/s | p50 µs | p99 µs | p99.9 µs |\n| ---: | "
      "---: | ---: | ---: | ---: |");
  learn(model, shop, orders, std::min<std::size_t>(orders, 200'000), lines);
  std::puts(
      "\n### Answers of 20, one thread\n\n| question | beside | mean µs | p50 µs | p99 µs | p99.9 µs |\n| "
      "--- | --- | ---: | ---: | ---: | ---: |");
  answer(model, shop, "nothing");
  std::atomic<bool> done{false};
  std::jthread refreshing([&] {
    while (!done)
      model.refresh(Model::Refresh::regressions, [](const auto& work) { run_in_background(1, work); });
  });
  std::jthread learning([&] {
    Shop more(orders, products, lines);
    for (std::size_t i = 10 * orders; !done; ++i) {
      model.apply(more.order(i));
      std::this_thread::sleep_for(milliseconds{1});
    }
  });
  answer(model, shop, "refreshes and 1,000 live orders/s");
  done = true;
}

int run(std::size_t most_orders) {
  std::printf(
      "%u threads\n\n### Training\n\nBook: from events. Counts: sales, pairs, newest orders. Refresh: three "
      "regressions over orders and customers.\n\n",
      hardware_threads());
  std::puts(
      "| orders | products | lines | book s | counts s | refresh s | with weights s | model MiB | resident "
      "MiB |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const std::size_t orders : {10'000UL, 100'000UL, 1'000'000UL})
    for (const std::size_t products : {1'000UL, 10'000UL, 100'000UL})
      if (orders <= most_orders) train(orders, products, 3, orders <= 100'000);
  if (most_orders >= 1'000'000) train(1'000'000, 100'000, 6.6, false);
  std::puts(
      "\n### Pairs and the regression over orders alone\n\n| orders | products | lines | pairs s | "
      "regression s | pairs MiB | regression MiB |\n| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  order_regressions(most_orders, 100'000, 3);
  order_regressions(most_orders, 100'000, 6.6);
  serve(most_orders, std::min<std::size_t>(100'000, most_orders));
  return 0;
}

}  // namespace
}  // namespace cloudcart::recommendation

int main(int argc, char** argv) {
  const auto most_orders = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000ULL;
  if (argc > 2 || most_orders < 10'000) {
    std::fputs("Usage: benchmarks_engine [ORDERS]   the largest history, at least 10000 (default 1000000)\n",
               stderr);
    return 2;
  }
  return cloudcart::recommendation::run(most_orders);
}
