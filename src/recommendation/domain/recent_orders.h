#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <span>

#include "core/chunked_array.h"
#include "core/epochs.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

/// For each product the newest orders that hold it: from a few products to the orders most like them.
///
/// A list that was full and loses an order to a cancellation is one short until the next comes: older ones that it
/// turned away are not looked up again.
///
/// One writer; readers hold a guard of the Epochs and need no locks. They may meet an order twice, or miss one, while
/// it is being put in its place.
class RecentOrders {
 public:
  static constexpr std::uint32_t most = 200;  ///< of a product

  explicit RecentOrders(Epochs& epochs) : epochs_(epochs) {}
  RecentOrders(const RecentOrders&) = delete;
  RecentOrders& operator=(const RecentOrders&) = delete;
  ~RecentOrders() {
    for (std::size_t product = 0; product < lists_.size(); ++product) std::free(lists_[product]);
  }

  void make_room(std::size_t products) { lists_.resize(products); }
  /// Puts the order in its place by time, in the lists of its products, for which there is room.
  void add(const OrderBook& book, std::uint32_t order) {
    for (const auto& line : book.lines(book.order(order))) insert(book, line.product, order);
  }
  void remove(const OrderBook& book, std::uint32_t order) {
    for (const auto& line : book.lines(book.order(order))) {
      auto* list = lists_[line.product];
      if (!list) continue;
      auto* const orders = list->orders();
      std::uint32_t kept = 0;
      for (std::uint32_t i = 0; i < list->size; ++i)
        if (orders[i] != order) put(orders[kept++], orders[i]);
      store_shared(list->size, kept);
    }
  }
  void add_all(const OrderBook& book) {
    for (std::uint32_t i = 0; i < book.order_count(); ++i)
      if (book.order(i).state == OrderBook::State::bought) add(book, i);
  }

  /// Visits the orders that hold a product, oldest first.
  template <class Visit>
  void for_each(std::uint32_t product, Visit visit) const {
    const auto* list = load_shared(lists_[product], std::memory_order_acquire);
    if (!list) return;
    const auto size = load_shared(list->size, std::memory_order_acquire);
    for (std::uint32_t i = 0; i < size; ++i) visit(load_shared(list->orders()[i], std::memory_order_acquire));
  }
  std::size_t bytes() const { return lists_.bytes() + load_shared(list_bytes_); }

 private:
  struct List {
    std::uint32_t capacity;
    std::uint32_t size;
    std::uint32_t* orders() { return reinterpret_cast<std::uint32_t*>(this + 1); }
    const std::uint32_t* orders() const { return reinterpret_cast<const std::uint32_t*>(this + 1); }
  };

  /// Whoever finds the order in its place finds what the book says of it.
  static void put(std::uint32_t& place, std::uint32_t order) {
    store_shared(place, order, std::memory_order_release);
  }
  void insert(const OrderBook& book, std::uint32_t product, std::uint32_t order) {
    auto*& list = lists_[product];
    if (!list || (list->size == list->capacity && list->size < most)) grow(product);
    auto place = list->size;
    const auto* orders = list->orders();
    while (place > 0 && book.comes_before(order, orders[place - 1])) --place;
    if (list->size == most) {
      // The oldest makes room.
      if (place == 0) return;
      for (std::uint32_t i = 1; i < place; ++i) put(list->orders()[i - 1], orders[i]);
      put(list->orders()[place - 1], order);
      return;
    }
    for (auto i = list->size; i > place; --i) put(list->orders()[i], orders[i - 1]);
    put(list->orders()[place], order);
    store_shared(list->size, list->size + 1, std::memory_order_release);
  }
  void grow(std::uint32_t product) {
    auto* old = lists_[product];
    const auto capacity = old ? std::min(most, old->capacity + old->capacity / 2 + 1) : 4;
    const auto bytes = sizeof(List) + capacity * sizeof(std::uint32_t);
    auto* list = static_cast<List*>(std::malloc(bytes));
    if (!list) throw std::bad_alloc();
    *list = {.capacity = capacity, .size = old ? old->size : 0};
    if (old) std::copy_n(old->orders(), old->size, list->orders());
    store_shared(lists_[product], list, std::memory_order_release);
    store_shared(list_bytes_,
                 list_bytes_ + bytes - (old ? sizeof(List) + old->capacity * sizeof(std::uint32_t) : 0));
    if (old) epochs_.retire(old, [](void* block) { std::free(block); });
  }

  Epochs& epochs_;
  ChunkedArray<List*> lists_;
  std::size_t list_bytes_ = 0;
};

}  // namespace cloudcart::recommendation
