#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/chunked_array.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

/// In how many orders a product is and how many units of it were sold, both without cancelled orders; the
/// units also without what credit notes gave back.
struct Popularity {
  std::int64_t units = 0;
  std::uint32_t orders = 0;
  auto operator<=>(const Popularity&) const = default;
};

/// A window of sales that fade: an order counts half as much per so many days of age.
enum class Window : std::uint8_t { week, fortnight, two_months };
constexpr std::array window_half_life_days{7.0, 15.0, 60.0};

/// Each product's sales: how often, to how many customers, and how they fade. Orders are counted, not units, so
/// that one bulk buyer makes no trend.
///
/// Fading counts grow forward: an order adds 2^((its time - landmark) / half-life) for ever, and what it is worth
/// later is a matter of the reader's factor (Cormode et al., "Forward decay", ICDE 2009). One writer; readers need
/// no locks.
class Sales {
 public:
  explicit Sales(Timestamp landmark) : landmark_(landmark) {}

  /// Counts a whole book into empty sales.
  void count_all(const OrderBook& book);
  void make_room(std::size_t products) {
    by_product_.resize(products);
    store_shared(room_, by_product_.size(), std::memory_order_release);
  }
  /// Counts what `change` did to an order of `book`, for whose products there is room.
  void apply(const OrderBook& book, OrderBook::Change change);

  Popularity popularity(std::uint32_t product) const {
    return {seen(by_product_[product].units), seen(by_product_[product].orders)};
  }
  std::uint32_t orders_with(std::uint32_t product) const { return seen(by_product_[product].orders); }
  /// Customers with an order that holds it.
  std::uint32_t buyers(std::uint32_t product) const { return load_shared(by_product_[product].buyers); }
  /// Orders of `now` that a product's faded ones are worth, when multiplied by unit_at().
  double faded(std::uint32_t product, Window window) const {
    return seen(by_product_[product].faded[static_cast<std::size_t>(window)]);
  }
  /// The same over customers' first orders, by the window of a fortnight: what newcomers buy.
  double faded_first_orders(std::uint32_t product) const {
    return load_shared(by_product_[product].faded_first_orders);
  }
  double unit_at(Timestamp now, Window window) const;

  std::uint64_t orders() const { return load_shared(orders_); }
  std::uint64_t order_lines() const { return load_shared(order_lines_); }
  std::uint64_t products() const { return load_shared(products_); }  ///< those with orders
  /// Products below this number can be asked for; it may grow meanwhile.
  std::size_t room() const { return seen(room_); }
  std::size_t bytes() const { return by_product_.bytes(); }

 private:
  struct Product {
    std::int64_t units;
    std::uint32_t orders;
    std::uint32_t buyers;
    std::array<double, window_half_life_days.size()> faded;
    double faded_first_orders;
  };
  template <class Number>
  static Number seen(const Number& field) {
    return load_shared(field, std::memory_order_acquire);
  }
  using Weights = std::array<double, window_half_life_days.size()>;

  Weights weights_of(Timestamp time) const;
  void add_order(std::span<const OrderBook::Line> lines, const Weights& weights, int sign);
  void add_first_order(std::span<const OrderBook::Line> lines, double weight, int sign);
  void count_customer(const OrderBook& book, const OrderBook::Order& order, std::uint32_t index, int sign);
  void add_credit(std::span<const OrderBook::Line> lines);

  const Timestamp landmark_;
  ChunkedArray<Product> by_product_;
  std::uint64_t orders_ = 0, order_lines_ = 0, products_ = 0;
  std::size_t room_ = 0;
  std::vector<std::uint32_t>
      bought_otherwise_;  ///< the writer's scratch space: by product, the mark of a look
  std::uint32_t last_mark_ = 0;
};

}  // namespace cloudcart::recommendation
