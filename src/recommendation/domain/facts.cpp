#include "recommendation/domain/facts.h"

#include <atomic>

namespace cloudcart::recommendation {
namespace {

/// Forward decay counts from here: any moment near the orders' times will do.
Timestamp landmark_of(const OrderBook& book) {
  using namespace std::chrono;
  if (book.order_count() == 0) return time_point_cast<milliseconds>(sys_days{2026y / January / 1});
  return book.newest();
}

}  // namespace

Facts::Facts(OrderBook of_orders, Epochs& epochs, PairWeighting weighting, const Crew& crew)
    : book(std::move(of_orders)),
      sales(landmark_of(book)),
      pairs(epochs, weighting, landmark_of(book)),
      recent(epochs) {
  make_room(book.products().size());
  // Two tasks for whoever comes first; the pairs are shared out among all.
  std::atomic<int> next{0};
  crew([&] {
    for (int task; (task = next.fetch_add(1)) < 2;) task == 0 ? sales.count_all(book) : recent.add_all(book);
  });
  pairs.count_all(book, crew);
}

OrderBook::Change Facts::apply(const events::OrderEvent& event) {
  // Before anybody can find the products.
  make_room(book.products().size() + event.lines.size());
  const auto change = book.record(event);
  if (change.effect == OrderBook::Effect::none) return change;
  const auto& order = book.order(change.order);
  // A product's own orders are counted before its pairs and taken back after them.
  switch (change.effect) {
    case OrderBook::Effect::purchase:
      sales.apply(book, change);
      pairs.count(book.lines(order), order.time, +1);
      recent.add(book, change.order);
      break;
    case OrderBook::Effect::cancellation:
      recent.remove(book, change.order);
      pairs.count(book.lines(order), order.time, -1);
      sales.apply(book, change);
      break;
    default:
      sales.apply(book, change);
  }
  return change;
}

void Facts::make_room(std::size_t products) {
  // Sales last: their room is what readers go by.
  pairs.make_room(products);
  recent.make_room(products);
  sales.make_room(products);
}

}  // namespace cloudcart::recommendation
