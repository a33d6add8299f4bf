#include "simulate/simulate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace cloudcart::simulate {
namespace {

constexpr std::size_t most_visitors = 64;
constexpr double orders_per_visitor_and_minute = 300;
constexpr std::size_t known_customers = 200;  ///< per visitor loop
constexpr milliseconds pause_after_failure{1'000};
constexpr milliseconds staff_interval{3'000};
constexpr std::int64_t scarce = 8;                 ///< pieces, below which a product is ordered anew
constexpr std::uint64_t staff_stream = 1'000'000;  ///< of random numbers; visitors use their own numbers

constexpr std::array first_names{"Ada",  "Bruno", "Chen", "Dana", "Emil", "Farah", "Grace", "Hugo",
                                 "Ines", "Jonas", "Kira", "Liam", "Mona", "Nils",  "Olga",  "Petra"};
constexpr std::array last_names{"Abel", "Berg",   "Costa", "Dahl",  "Engel", "Ferri", "Grant", "Hansen",
                                "Ito",  "Jensen", "Klein", "Lopez", "Meyer", "Novak", "Okoye", "Price"};

template <std::size_t n>
std::string pick(Random& random, const std::array<const char*, n>& names) {
  return names[random.below(n)];
}

}  // namespace

std::size_t Simulation::visitors() const {
  const auto wanted = std::ceil(options_.orders_per_minute / orders_per_visitor_and_minute);
  return std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, most_visitors);
}

Task<void> Simulation::visit(std::size_t number, BackgroundLoops::StopFlag stop) {
  Visitor visitor{Random{options_.seed, number}, {}, 1};
  const double mean_ms = 60'000.0 * static_cast<double>(visitors()) / options_.orders_per_minute;
  auto next = Executor::current()->now();
  while (!stop.stopping()) {
    const auto done = co_await shop_once(visitor);
    if (!done) {
      ++tally_.failures;
      co_await stop.sleep_for(pause_after_failure);
    }
    // Visits come at random moments around the rate: exponential gaps would be truer, uniform ones look the
    // same.
    next += milliseconds{static_cast<std::int64_t>(
        mean_ms * (0.5 + static_cast<double>(visitor.random.below(1'000)) / 1'000.0))};
    next = std::max(next, Executor::current()->now() - seconds{5});
    const auto wait = std::chrono::ceil<milliseconds>(next - Executor::current()->now());
    if (wait > milliseconds{0}) co_await stop.sleep_for(wait);
  }
}

Task<Status> Simulation::shop_once(Visitor& visitor) {
  auto customer = co_await someone(visitor);
  if (!customer) co_return std::unexpected(std::move(customer).error());
  auto basket = co_await fill_basket(visitor);
  if (!basket) co_return std::unexpected(std::move(basket).error());
  if (basket->empty()) co_return Status{};
  const auto key = ids_.next().to_string();
  auto order = co_await api_.order(*customer, *basket, key);
  // The answer was lost, and the order may be there: asking again with the same key settles it.
  if (!order && order.error().code == ErrorCode::outcome_unknown)
    order = co_await api_.order(*customer, *basket, key);
  if (!order) {
    if (order.error().code == ErrorCode::insufficient_inventory) {
      ++tally_.sold_out;
      co_return Status{};
    }
    if (order.error().code == ErrorCode::unauthenticated) visitor.known.clear();
    co_return fail(order.error());
  }
  ++tally_.orders;
  if (visitor.random.percent(4) && (co_await api_.cancel(*customer, order->id))) ++tally_.cancelled;
  co_return Status{};
}

Task<Result<Customer>> Simulation::someone(Visitor& visitor) {
  const bool comes_back = !visitor.known.empty() && visitor.random.percent(75);
  if (comes_back) co_return visitor.known[visitor.random.below(visitor.known.size())];
  // The id makes the address new on every run, whatever the seed.
  auto made = co_await api_.open_account(
      fmt::format("visitor-{}@simulation.invalid", ids_.next().to_string()), ids_.next().to_string(),
      pick(visitor.random, first_names), pick(visitor.random, last_names));
  if (!made) co_return made;
  ++tally_.accounts;
  if (visitor.known.size() >= known_customers) visitor.known.erase(visitor.known.begin());
  visitor.known.push_back(*made);
  co_return made;
}

Task<Result<std::vector<BasketLine>>> Simulation::fill_basket(Visitor& visitor) {
  auto& random = visitor.random;
  auto page = co_await api_.browse(1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(
                                           std::max<std::int64_t>(visitor.pages, 1)))));
  if (!page) co_return std::unexpected(std::move(page).error());
  visitor.pages = page->pages;
  if (page->products.empty()) co_return std::vector<BasketLine>{};

  // Squaring favours the front of the page: some products sell much better than others.
  const auto draw = random.below(1'000);
  const auto& first = page->products[draw * draw * page->products.size() / 1'000'000];
  if (auto seen = co_await api_.look_at(first.id); !seen) co_return std::unexpected(std::move(seen).error());
  std::vector<BasketLine> basket{{first.id, 1 + static_cast<std::int64_t>(random.below(3))}};
  auto companions = co_await api_.goes_with(first.id);
  if (!companions) co_return std::unexpected(std::move(companions).error());
  for (const auto& companion : *companions)
    if (random.percent(35)) basket.push_back({companion, 1 + static_cast<std::int64_t>(random.below(2))});
  const auto& other = page->products[random.below(page->products.size())];
  const bool already =
      std::ranges::any_of(basket, [&](const BasketLine& line) { return line.product_id == other.id; });
  if (!already && random.percent(30)) basket.push_back({other.id, 1});
  co_return basket;
}

Task<void> Simulation::work_as_staff(BackgroundLoops::StopFlag stop) {
  Random random{options_.seed, staff_stream};
  while (!stop.stopping()) {
    // From the end of an order's life to its beginning, so that no order runs through it in one round.
    const std::array<std::pair<const char*, const char*>, 4> steps{{{"shipped", "delivered"},
                                                                    {"processing", "shipped"},
                                                                    {"confirmed", "processing"},
                                                                    {"pending", "confirmed"}}};
    for (const auto& [from, to] : steps) {
      if (const auto moved = co_await move_some(random, from, to, 30); !moved) ++tally_.failures;
    }
    if (const auto restocked = co_await restock_scarce(random); !restocked) ++tally_.failures;
    co_await stop.sleep_for(staff_interval);
  }
}

Task<Status> Simulation::restock_scarce(Random& random) {
  auto products = co_await api_.scarcest(20);
  if (!products) co_return std::unexpected(std::move(products).error());
  for (const auto& product : *products) {
    if (product.in_stock >= scarce) continue;
    CLOUDCART_CO_CHECK(co_await api_.restock(options_.staff, product.id, random.between(60, 240)));
    ++tally_.restocked;
  }
  co_return Status{};
}

Task<Status> Simulation::move_some(Random& random, std::string from, std::string to, unsigned percent) {
  auto orders = co_await api_.orders_with(options_.staff, std::move(from));
  if (!orders) co_return std::unexpected(std::move(orders).error());
  for (const auto& order : *orders) {
    if (!random.percent(percent)) continue;
    const auto moved = co_await api_.move_order(options_.staff, order.id, to);
    if (moved) ++tally_.moved;
    // A customer may have cancelled it in between.
    if (!moved && moved.error().code != ErrorCode::invalid_transition) co_return moved;
  }
  co_return Status{};
}

}  // namespace cloudcart::simulate
