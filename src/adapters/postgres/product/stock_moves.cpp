#include "adapters/postgres/product/stock_moves.h"

namespace cloudcart::product {

using postgres::Query;

Query locking_stock(std::vector<std::int64_t> product_numbers) {
  return postgres::query(
      "SELECT product FROM stock WHERE product = ANY($1) ORDER BY product FOR NO KEY UPDATE",
      product_numbers);
}

void StockMoves::add(std::int64_t product_number, Movement movement, std::int64_t delta, Timestamp time) {
  auto& sum = sums_[product_number];
  sum.change = after(sum.change, movement, delta);
  numbers_.push_back(product_number);
  places_.push_back(++sum.movements);
  kinds_.emplace_back(to_string(movement));
  deltas_.push_back(delta);
  times_.push_back(to_unix_ms(time));
}

void StockMoves::add(std::int64_t product_number, Movement movement, std::int64_t delta, const OrderId& order,
                     Timestamp time) {
  add(product_number, movement, delta, time);
  orders_.push_back(order);
}

std::vector<std::int64_t> StockMoves::product_numbers() const {
  std::vector<std::int64_t> numbers;
  for (const auto& [number, sum] : sums_) numbers.push_back(number);
  return numbers;
}

Query StockMoves::writing() const {
  return writing(nullptr);
}

Query StockMoves::writing(const StockNote* note) const {
  std::vector<std::int64_t> available, reserved, sold, movements;
  for (const auto& [number, sum] : sums_) {
    available.push_back(sum.change.available);
    reserved.push_back(sum.change.reserved);
    sold.push_back(sum.change.sold);
    movements.push_back(sum.movements);
  }
  // An array that is shorter than the others is filled up with NULL.
  return postgres::query(
      "WITH moved AS (UPDATE stock SET available = stock.available + sum.available,"
      " reserved = stock.reserved + sum.reserved, sold = stock.sold + sum.sold,"
      " movements = stock.movements + sum.movements"
      " FROM unnest($1, $2, $3, $4, $5) AS sum(product, available, reserved, sold, movements)"
      " WHERE stock.product = sum.product"
      " RETURNING stock.product, stock.movements - sum.movements AS before)"
      " INSERT INTO stock_movement(product, sequence, kind, delta, order_id, moved_at, reason, actor)"
      " SELECT entry.product, moved.before + entry.place, kind, delta, order_id, moved_at, $12, $13"
      " FROM unnest($6, $7, $8, $9, $10, $11) AS entry(product, place, kind, delta, order_id, moved_at)"
      " JOIN moved ON moved.product = entry.product",
      product_numbers(), available, reserved, sold, movements, numbers_, places_, kinds_, deltas_, orders_,
      times_, note ? std::optional{note->reason} : std::nullopt, note ? note->actor : std::nullopt);
}

Query writing_adjustment(std::int64_t product_number, std::int64_t delta, const StockNote& note,
                         Timestamp time) {
  StockMoves moves;
  moves.add(product_number, Movement::adjust, delta, time);
  return moves.writing(&note);
}

}  // namespace cloudcart::product
