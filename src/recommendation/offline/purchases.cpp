#include "recommendation/offline/purchases.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace cloudcart::recommendation::offline {
namespace {

/// A bound on memory: 1.6 GB while a file is read.
constexpr std::size_t max_lines = 100'000'000;

std::uint32_t sum_of(std::uint32_t a, std::uint32_t b) {
  return a > std::numeric_limits<std::uint32_t>::max() - b ? std::numeric_limits<std::uint32_t>::max()
                                                           : a + b;
}

}  // namespace

Purchases Purchases::only(const std::function<bool(const Order&)>& is_wanted) const {
  Purchases chosen;
  for (const auto& order : orders_) {
    if (!is_wanted(order)) continue;
    auto& copy = chosen.orders_.emplace_back(order);
    copy.first_line = chosen.lines_.size();
    const auto its_lines = lines(order);
    chosen.lines_.insert(chosen.lines_.end(), its_lines.begin(), its_lines.end());
  }
  return chosen;
}

void Purchases::sort(const Words& words) {
  std::ranges::sort(orders_, [&](const Order& a, const Order& b) {
    return a.time != b.time ? a.time < b.time : words.orders[a.number] < words.orders[b.number];
  });
}

events::OrderEvent Purchases::event_of(const Order& order) const {
  events::OrderEvent event;
  event.event_id = id_of<EventId>(order.number);
  event.type = "order.created";
  event.order_id = id_of<OrderId>(order.number);
  event.user_id = id_of<UserId>(order.customer);
  event.status = OrderStatus::delivered;
  event.timestamp = order.time;
  event.lines.reserve(order.line_count);
  for (const auto& line : lines(order)) {
    auto& told = event.lines.emplace_back();
    told.product_id = id_of<ProductId>(line.item);
    told.quantity = line.quantity;
  }
  return event;
}

OrderBook Purchases::book() const {
  OrderBook book;
  for (const auto& order : orders_) book.record(event_of(order));
  return book;
}

Status PurchaseCollector::add(const Line& line) {
  if (lines_.size() == max_lines)
    return fail(ErrorCode::payload_too_large,
                fmt::format("there are more than {} lines; take a shorter history.", max_lines));
  const auto number = words_.orders.add(line.order);
  const auto customer = words_.customers.add(line.customer);
  if (number >= places_.size()) places_.resize(std::max<std::size_t>(number + 1, places_.size() * 2));
  auto& place = places_[number];
  if (place == 0) {
    orders_.push_back({number, customer, line.time, 0, 0});
    place = static_cast<std::uint32_t>(orders_.size());
  }
  auto& order = orders_[place - 1];
  if (order.customer != customer)
    return fail(
        ErrorCode::validation_failed,
        fmt::format("order \"{}\" is of customer \"{}\" on an earlier line and of \"{}\" here; each order "
                    "needs a name of its own.",
                    line.order, words_.customers[order.customer], line.customer));
  order.time = std::min(order.time, line.time);
  ++order.line_count;
  lines_.push_back({place - 1, {words_.items.add(line.item), line.quantity}});
  return {};
}

Purchases PurchaseCollector::finish() && {
  Purchases made;
  std::uint64_t end = 0;
  for (auto& order : orders_) {
    order.first_line = end;
    end += std::exchange(order.line_count, 0);
  }
  // Orders are whole again, lines in order of the file.
  std::vector<Purchases::Line> grouped(lines_.size());
  for (const auto& [place, line] : lines_) {
    auto& order = orders_[place];
    grouped[order.first_line + order.line_count++] = line;
  }
  lines_ = {};
  // Then each item once: where in `made` the newest line of an item stands tells whether this order has it.
  std::vector<std::uint64_t> newest_line(words_.items.size(), std::numeric_limits<std::uint64_t>::max());
  made.lines_.reserve(grouped.size());
  for (auto& order : orders_) {
    const auto lines = std::span{grouped}.subspan(order.first_line, order.line_count);
    order.first_line = made.lines_.size();
    for (const auto& line : lines) {
      auto& at = newest_line[line.item];
      const bool is_repeated = at != std::numeric_limits<std::uint64_t>::max() && at >= order.first_line;
      if (is_repeated) {
        made.lines_[at].quantity = sum_of(made.lines_[at].quantity, line.quantity);
      } else {
        at = made.lines_.size();
        made.lines_.push_back(line);
      }
    }
    order.line_count = static_cast<std::uint32_t>(made.lines_.size() - order.first_line);
  }
  made.orders_ = std::move(orders_);
  return made;
}

Status check_apart(const Purchases& train, const Purchases& future, const Words& words) {
  std::vector<bool> is_trained(words.orders.size());
  for (const auto& order : train.orders()) is_trained[order.number] = true;
  for (const auto& order : future.orders())
    if (is_trained[order.number])
      return fail(
          ErrorCode::validation_failed,
          fmt::format("Order \"{}\" is both in the training part and among the orders to come; it may be in "
                      "one of them only.",
                      words.orders[order.number]));
  return {};
}

BoughtItems::BoughtItems(const Purchases& purchases) : purchases_(purchases) {
  const auto orders = purchases.orders();
  for (std::uint32_t i = 0; i < orders.size(); ++i) {
    if (orders[i].customer >= orders_of_.size()) orders_of_.resize(orders[i].customer + 1);
    orders_of_[orders[i].customer].push_back(i);
  }
}

std::vector<std::uint32_t> BoughtItems::of(std::uint32_t customer) const {
  std::vector<std::uint32_t> items;
  if (!knows(customer)) return items;
  for (const auto order : orders_of_[customer])
    for (const auto& line : purchases_.lines(purchases_.orders()[order])) items.push_back(line.item);
  std::ranges::sort(items);
  const auto repeated = std::ranges::unique(items);
  items.erase(repeated.begin(), repeated.end());
  return items;
}

}  // namespace cloudcart::recommendation::offline
