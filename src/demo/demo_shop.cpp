#include "demo/demo_shop.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "core/text.h"
#include "demo/words.h"
#include "import/domain/record_batch.h"

namespace cloudcart::demo {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t customer_stream = 0x637573746F6D6572;
constexpr std::uint64_t order_stream = 0x6F7264657273;
constexpr std::array<std::uint32_t, 9> basket_sizes{0, 26, 24, 18, 12,
                                                    8, 6,  4,  2};  // weights of 0 to 8 products

constexpr std::int64_t minutes_to_cancel = minutes{hours{36}}.count();
constexpr std::int64_t first_hour_to_return = hours{days{4}}.count();
constexpr std::int64_t last_hour_to_return = hours{days{14}}.count();

/// Ids of orders sort like their numbers and never hang on the end time.
Timestamp id_time(std::uint32_t number) {
  constexpr Timestamp start = std::chrono::sys_days{std::chrono::year{2001} / 1 / 1};
  return start + seconds{number};
}

template <class Words>
std::string_view one_of(Random& random, const Words& words) {
  return words[random.below(words.size())];
}

}  // namespace

Result<DemoShop> DemoShop::make(DemoOptions options) {
  std::vector<FieldError> errors;
  const auto check = [&](const char* name, std::uint64_t value, std::uint64_t min, std::uint64_t max) {
    if (value < min || value > max)
      errors.push_back({name, fmt::format("must be between {} and {}", min, max)});
  };
  check("products", options.products, 10, 100'000);
  check("customers", options.customers, 1, 1'000'000);
  check("orders", options.orders, 1, 2'000'000);
  check("days", options.days, 1, 3'650);
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return DemoShop(std::move(options));
}

DemoShop::DemoShop(DemoOptions options)
    : options_(std::move(options)),
      ids_(fmt::format("demo-{}", options_.seed)),
      calendar_(options_.seed, options_.zone, options_.end_time, options_.days),
      catalogue_(options_.seed, options_.products, options_.days) {
  invent_customers();
  invent_orders();
}

void DemoShop::invent_customers() {
  customers_.resize(options_.customers);
  for (std::size_t i = 0; i < customers_.size(); ++i) {
    Random random(options_.seed ^ customer_stream, i);
    for (auto& favourite : customers_[i].favourites)
      favourite = static_cast<std::uint8_t>(random.below(categories.size()));
    customers_[i].first_order = options_.end_time;
  }
}

void DemoShop::invent_orders() {
  const auto counts = calendar_.orders_by_day(options_.orders);
  std::vector<Timestamp> times;
  for (std::uint32_t day = 0; day < counts.size(); ++day) {
    Random of_day(options_.seed ^ order_stream, ~std::uint64_t{day});
    times.clear();
    for (std::size_t i = 0; i < counts[day]; ++i) times.push_back(calendar_.moment(of_day, day));
    std::ranges::sort(times);
    for (const auto time : times) {
      const auto number = static_cast<std::uint32_t>(buyers_.size());
      Random random(options_.seed ^ order_stream, number);
      DemoOrder order{.number = number,
                      .customer = choose_customer(random, number),
                      .time = time,
                      .first_line = lines_.size()};
      fill_basket(random, day, order);
      decide_end(random, order);
      orders_.push_back(order);
      if (!order.cancelled_at && random.percent(2)) return_a_part(random, order);
    }
  }
  std::ranges::sort(orders_, {}, [](const DemoOrder& order) {
    return std::tuple{order.time, order.number, order.is_credit_note};
  });
}

/// New customers come at first quickly, then ever slower (with the square root of the orders so far). Of the
/// others, three in four orders go to somebody in proportion to the orders he has, which gives few who buy
/// much and many who buy little (preferential attachment, Simon 1955).
std::uint32_t DemoShop::choose_customer(Random& random, std::size_t number) {
  const std::uint64_t known = customers_who_bought_, all = customers_.size();
  std::uint32_t customer = 0;
  if (known < all && known * known * options_.orders < all * all * (number + 1)) {
    customer = static_cast<std::uint32_t>(customers_who_bought_++);
  } else if (random.percent(75)) {
    customer = buyers_[random.below(buyers_.size())];
  } else {
    customer = static_cast<std::uint32_t>(random.below(known));
  }
  buyers_.push_back(customer);
  return customer;
}

void DemoShop::fill_basket(Random& random, std::uint32_t day, DemoOrder& order) {
  auto& customer = customers_[order.customer];
  customer.first_order = std::min(customer.first_order, order.time);
  const std::size_t wanted = random.weighted(basket_sizes);
  constexpr int most_tries = 40;
  for (int tries = 0; order.line_count < wanted && tries < most_tries; ++tries) {
    const auto index = choose_product(random, day, customer, order);
    const auto& chosen = catalogue_.products()[index];
    // The first product is taken whenever it came to the shop, so that no order is empty.
    const bool is_there = chosen.launch_day <= day || (order.line_count == 0 && tries > most_tries / 2);
    if (!is_there || is_in_basket(order, index)) continue;
    const auto quantity = static_cast<std::uint32_t>(chosen.used_up       ? random.between(1, 3)
                                                     : random.percent(12) ? 2
                                                                          : 1);
    lines_.push_back({.product = index, .quantity = quantity});
    ++order.line_count;
  }
  for (const auto& line : lines_of(order))
    customer.bought[customer.bought_count++ % customer.bought.size()] = line.product;
}

std::uint32_t DemoShop::choose_product(Random& random, std::uint32_t day, const Customer& customer,
                                       const DemoOrder& order) const {
  if (order.line_count > 0 && random.percent(55)) {
    const auto& anchor = lines_[order.first_line + random.below(order.line_count)];
    return catalogue_.pick_companion(random, anchor.product);
  }
  if (customer.bought_count > 0 && random.percent(35)) {
    const auto known = std::min<std::size_t>(customer.bought_count, customer.bought.size());
    const auto again = customer.bought[random.below(known)];
    if (catalogue_.products()[again].used_up) return again;
  }
  return catalogue_.pick(random, choose_category(random, day, customer));
}

std::size_t DemoShop::choose_category(Random& random, std::uint32_t day, const Customer& customer) const {
  std::array<std::uint32_t, categories.size()> weights{};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (catalogue_.has_category(i)) weights[i] = categories[i].month_percent[calendar_.month(day)];
  }
  constexpr std::array<std::uint32_t, 3> fondness{10, 5, 3};
  for (std::size_t i = 0; i < fondness.size(); ++i) weights[customer.favourites[i]] *= fondness[i];
  return random.weighted(weights);
}

void DemoShop::decide_end(Random& random, DemoOrder& order) {
  if (!random.percent(3)) return;
  const Timestamp when = order.time + minutes{random.between(5, minutes_to_cancel)};
  if (when <= options_.end_time) order.cancelled_at = when;
}

/// Somebody sends one product back, a week or so later.
void DemoShop::return_a_part(Random& random, const DemoOrder& sale) {
  const Timestamp when = sale.time + hours{random.between(first_hour_to_return, last_hour_to_return)} +
                         minutes{random.between(0, 59)};
  if (when > options_.end_time || sale.line_count < 2) return;
  const auto returned = lines_[sale.first_line + random.below(sale.line_count)];
  orders_.push_back({.number = sale.number,
                     .customer = sale.customer,
                     .time = when,
                     .cancelled_at = when,
                     .is_credit_note = true,
                     .first_line = lines_.size(),
                     .line_count = 1});
  lines_.push_back({.product = returned.product, .quantity = 1});
}

bool DemoShop::is_in_basket(const DemoOrder& order, std::uint32_t product) const {
  const auto basket = lines_of(order);
  return std::ranges::find(basket, product, &DemoLine::product) != basket.end();
}

std::vector<history::ImportedProduct> DemoShop::products(std::size_t first, std::size_t count) const {
  return history::batch_of<history::ImportedProduct>(product_count(), first, count,
                                                     [&](std::size_t i) { return make_product(i); });
}

std::vector<history::ImportedCustomer> DemoShop::customers(std::size_t first, std::size_t count) const {
  return history::batch_of<history::ImportedCustomer>(customer_count(), first, count,
                                                      [&](std::size_t i) { return make_customer(i); });
}

std::vector<history::ImportedOrder> DemoShop::orders(std::size_t first, std::size_t count) const {
  return history::batch_of<history::ImportedOrder>(order_count(), first, count,
                                                   [&](std::size_t i) { return make_order(i); });
}

history::ImportedProduct DemoShop::make_product(std::size_t index) const {
  const auto& product = catalogue_.products()[index];
  return {
      .id = ids_.product(product.sku),
      .sku = product.sku,
      .name = product.name,
      .category_name = std::string{categories[product.category].name},
      .price = product.price,
      .inventory_count = product.inventory_count,
      .created_at = std::min(options_.zone.start_of(calendar_.date(product.launch_day)), options_.end_time)};
}

history::ImportedCustomer DemoShop::make_customer(std::size_t index) const {
  Random random(~options_.seed ^ customer_stream, index);
  history::ImportedCustomer customer{.id = ids_.customer(std::to_string(index + 1)),
                                     .created_at = customers_[index].first_order};
  customer.first_name = one_of(random, first_names);
  customer.last_name = one_of(random, last_names);
  customer.email = fmt::format("{}.{}.{}@demo.invalid", ascii_lower(customer.first_name),
                               ascii_lower(customer.last_name), index + 1);
  return customer;
}

history::ImportedOrder DemoShop::make_order(std::size_t index) const {
  const auto& order = orders_[index];
  Random address(~options_.seed ^ customer_stream, ~std::uint64_t{order.customer});
  const std::string number = std::to_string(order.number);
  history::ImportedOrder record{
      .id = ids_.order(number, order.is_credit_note, id_time(order.number)),
      .user_id = ids_.customer(std::to_string(order.customer + 1)),
      .kind = order.is_credit_note ? OrderKind::credit_note : OrderKind::sale,
      .shipping_address =
          fmt::format("{} {}, {}", address.between(1, 180), one_of(address, streets), one_of(address, towns)),
      .created_at = order.time,
      .cancelled_at = order.cancelled_at};
  for (const auto& line : lines_of(order)) {
    const auto& product = catalogue_.products()[line.product];
    const Money subtotal = product.price.times(line.quantity).value();
    record.lines.push_back({.product_id = ids_.product(product.sku),
                            .product_name = product.name,
                            .category_name = std::string{categories[product.category].name},
                            .quantity = line.quantity,
                            .price = product.price,
                            .subtotal = subtotal});
    record.total = record.total.plus(subtotal).value();
  }
  const auto add_event = [&](int version, OrderStatus status, Timestamp at) {
    record.events.push_back({.id = ids_.event(number, order.is_credit_note, version, id_time(order.number)),
                             .status = status,
                             .at = at});
  };
  if (order.is_credit_note) {
    add_event(1, OrderStatus::cancelled, order.time);
  } else if (order.cancelled_at) {
    add_event(1, OrderStatus::pending, order.time);
    add_event(2, OrderStatus::cancelled, *order.cancelled_at);
  } else {
    add_event(1, status_by_age(order.time), order.time);
  }
  record.status = record.events.back().status;
  return record;
}

/// The last days' orders are still on their way, so that there is something to do.
OrderStatus DemoShop::status_by_age(Timestamp time) const {
  const auto age = options_.end_time - time;
  if (age < hours{2}) return OrderStatus::pending;
  if (age < hours{8}) return OrderStatus::confirmed;
  if (age < hours{24}) return OrderStatus::processing;
  if (age < days{3}) return OrderStatus::shipped;
  return OrderStatus::delivered;
}

}  // namespace cloudcart::demo
