#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "analytics/columns/order_change.h"
#include "analytics/domain/period.h"

namespace cloudcart::analytics {

/// Orders that are kept together, and skipped together when nothing of a query's time is among them.
constexpr std::uint32_t block_size = 4096;

/// The earliest and the latest moment of a kind of flow (a zone map).
struct Span {
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();

  void include(std::int64_t ms) {
    first = std::min(first, ms);
    last = std::max(last, ms);
  }
  void include(const Span& other) {
    first = std::min(first, other.first);
    last = std::max(last, other.last);
  }
  bool empty() const { return first > last; }
  /// Whether anything of it is at or after `begin` and before `end`.
  bool meets(std::int64_t begin, std::int64_t end) const { return first < end && last >= begin; }
};

/// Orders of consecutive numbers, column by column, in the order of their numbers: about that in which they were
/// placed. A flow that few orders have, or have much later, is a list of its own.
class Block {
 public:
  /// Where the lines of a sale are in the columns of lines.
  struct Lines {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
  };
  struct GivenBack {
    std::uint32_t row;
    std::int64_t at;
    std::int64_t amount;
    std::int64_t units;
    Lines lines;
    bool whole_order;
  };
  /// An order shipped, or delivered.
  struct Passage {
    std::uint32_t row;
    std::int64_t at;
  };
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  /// `first`: the number of the order in row 0.
  explicit Block(std::uint32_t first) : first_number(first) {}

  /// `row` is the order's number within the block; its parts that are set must be new.
  void apply(std::uint32_t row, const OrderChange& change);

  std::uint32_t rows() const { return static_cast<std::uint32_t>(status.size()); }
  std::size_t bytes() const;

  const std::uint32_t first_number;
  // Of each order; what `placed_at` says `never` of was not placed, and is 0 in the columns after it.
  std::vector<OrderStatus> status;
  std::vector<std::uint32_t> customer;
  std::vector<std::int64_t> placed_at;
  std::vector<std::int64_t> amount;
  std::vector<std::int64_t> units;
  std::vector<Lines> lines;
  // Of each line.
  std::vector<std::uint32_t> item;
  std::vector<std::int32_t> quantity;
  std::vector<std::int64_t> line_amount;

  std::vector<GivenBack> given_back;
  std::vector<Passage> shipped;
  std::vector<Passage> delivered;

  Span placed_span, given_back_span, shipped_span, delivered_span;

 private:
  void grow_to(std::uint32_t row);
  Lines add_lines(const std::vector<ItemLine>& added);
};

}  // namespace cloudcart::analytics
