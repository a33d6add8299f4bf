#pragma once

#include <string>
#include <vector>

#include "promotion/app/progress.h"
#include "promotion/ports/shop_rows.h"

namespace cloudcart::promotion {

/// One side of a table.
struct TableSum {
  std::int64_t rows = 0;
  std::string sha256;  ///< of every value of every row, in order of the key
  std::vector<std::pair<std::string_view, std::int64_t>> sums;  ///< of the columns that are summed
  bool operator==(const TableSum&) const = default;
};

struct TableComparison {
  std::string_view store, table;
  TableSum source, target;
  std::optional<std::string> first_difference;  ///< the key of the first row that is not the same
  bool equal() const { return source == target && !first_difference; }
};

/// Reads two shops side by side, each table to its end, and compares every value.
class CompareShops {
 public:
  CompareShops(ShopRows& source, ShopRows& target, std::size_t batch = rows_at_once)
      : source_(source), target_(target), batch_(batch) {}
  Task<Result<std::vector<TableComparison>>> operator()(ShowProgress show, Deadline deadline);

 private:
  Task<Result<TableComparison>> compare(const Table& table, const std::function<void(std::int64_t)>& show,
                                        Deadline deadline);

  ShopRows& source_;
  ShopRows& target_;
  const std::size_t batch_;
};

}  // namespace cloudcart::promotion
