#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "recommendation/domain/leaderboard.h"
#include "recommendation/domain/order_book.h"

namespace cloudcart::recommendation {

/// In how many orders a product is and how many units of it were sold, both without cancelled orders; the
/// units also without what credit notes gave back.
struct Popularity {
  std::int64_t units = 0;
  std::uint32_t orders = 0;
  auto operator<=>(const Popularity&) const = default;
};

/// Each product's sales, counted per day, and who leads. Only integers are ever added up, so taking an order
/// back leaves exactly what was there before it.
class Sales {
 public:
  Sales() = default;
  /// Counts a whole book.
  explicit Sales(const OrderBook& book);

  void make_room(std::size_t products);
  /// Counts what `change` did to an order of `book`, for whose products there is room.
  void apply(const OrderBook& book, OrderBook::Change change);

  std::uint32_t orders_with(std::uint32_t product) const { return orders_with_[product]; }
  std::uint64_t orders() const { return orders_; }
  std::uint64_t order_lines() const { return order_lines_; }
  std::uint64_t products() const { return products_; }

  /// Products of which units are sold, most units first.
  const Leaderboard<Popularity>& popular() const { return popular_; }
  /// Products in order of their trend: each order that holds one counts half as much per 14 days of age.
  /// Orders, not units, so that one bulk buyer makes no trend. The score is the logarithm of trend_at, which
  /// ranks the same at every moment: time passing makes all sales fade alike.
  const Leaderboard<double>& trending() const { return trending_; }
  /// How many orders of `now` a trending() score is worth.
  static double trend_at(Timestamp now, double score);
  std::size_t bytes() const;

 private:
  struct Day {
    std::int32_t day;  ///< since 1970-01-01 UTC
    std::uint32_t orders;
  };
  struct Product {
    std::int64_t units = 0;
    std::vector<Day> days;                 ///< those with orders, in order
    std::optional<Popularity> popularity;  ///< as on the board
    std::optional<double> trend;           ///< as on the board
  };

  void count_order(const OrderBook& book, const OrderBook::Order& order, int sign);
  void count_credit(const OrderBook& book, const OrderBook::Order& order);
  void count_day(Product& product, std::int32_t day, int sign);
  void rank(ProductId id, std::uint32_t product);
  static std::optional<double> trend_of(std::span<const Day> days);

  std::vector<Product> by_product_;
  std::vector<std::uint32_t> orders_with_;  ///< apart from the rest: similarities read it at random
  std::uint64_t orders_ = 0;
  std::uint64_t order_lines_ = 0;
  std::uint64_t products_ = 0;  ///< those with orders
  std::uint64_t day_entries_ = 0;
  Leaderboard<Popularity> popular_;
  Leaderboard<double> trending_;
};

}  // namespace cloudcart::recommendation
