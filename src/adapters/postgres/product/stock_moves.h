#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

/// Locks the stock of these products, in the order of their numbers, as everybody does who locks several: so nobody waits in a
/// circle.
postgres::Query locking_stock(std::vector<std::int64_t> product_numbers);

/// Movements of one transaction, to be written together.
class StockMoves {
 public:
  void add(std::int64_t product_number, Movement movement, std::int64_t delta, const OrderId& order,
           Timestamp time);
  bool empty() const { return kinds_.empty(); }
  std::vector<std::int64_t> product_numbers() const;
  /// Moves the units and writes the ledger. Refused by the server when something would become negative.
  postgres::Query writing() const;

 private:
  friend postgres::Query writing_adjustment(std::int64_t, std::int64_t, const StockNote&, Timestamp);
  struct Sum {
    Stock change;
    std::int64_t movements = 0;
  };

  void add(std::int64_t product_number, Movement movement, std::int64_t delta, Timestamp time);
  postgres::Query writing(const StockNote* note) const;

  std::map<std::int64_t, Sum> sums_;  ///< by product.number
  // Of each entry, in their order.
  std::vector<std::int64_t> numbers_, places_, deltas_, times_;
  std::vector<std::string> kinds_;
  std::vector<OrderId> orders_;  ///< none when the entries are no order's
};

/// A change of the count that is no order's.
postgres::Query writing_adjustment(std::int64_t product_number, std::int64_t delta, const StockNote& note,
                                   Timestamp time);

}  // namespace cloudcart::product
