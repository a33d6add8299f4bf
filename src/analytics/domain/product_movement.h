#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analytics/domain/cube.h"
#include "analytics/domain/number.h"

namespace cloudcart::analytics {

/// A period, and the days that it is compared with. These end before it begins, but for a period longer than a year,
/// which the one of a year before overlaps.
struct TwoPeriods {
  TimeRange before;
  TimeRange now;
  static TwoPeriods of(const Period& period);
};

/// A product's sales of both.
struct ProductMovement {
  ProductId product;
  std::string name;
  SalesFigures before;
  SalesFigures now;

  /// Of net revenue; what was lost is negative.
  Money change() const { return now.net().minus(before.net()).value(); }
  /// In percent of the net revenue before, from where that is positive; else there is nothing to compare with.
  std::optional<Number> change_in_percent() const;
  bool operator==(const ProductMovement&) const = default;
};

/// The sales of these products in each of both periods.
CubeQuestions movements_questions(const TwoPeriods& periods, const std::vector<ProductId>& products);
/// By product.
std::vector<ProductMovement> movements_from(const CubeAnswers& answers);

/// By net revenue, then units, then id.
void sort_by_revenue(std::vector<ProductMovement>& movements);
/// Those that lost, by how much, then id; the first `limit`.
void keep_falling(std::vector<ProductMovement>& movements, std::size_t limit);

/// Finds the products that lost most without comparing all of them: who lost much sold much before, or gave back much
/// now. The products at the top of these two lists are compared, and when those further down cannot have lost
/// more, that is the answer; else the lists are read further. It is the threshold algorithm of Fagin, Lotem & Naor,
/// "Optimal aggregation algorithms for middleware" (2003), a batch at a time.
class FallingSearch {
 public:
  /// `depth`: how far the lists are read at first.
  FallingSearch(TwoPeriods periods, std::size_t limit, std::size_t depth = 1000)
      : periods_(periods), limit_(limit), depth_(depth) {}

  /// The two lists, as far as they are read now.
  CubeQuestions lists() const;
  /// The products to be compared, from the answer to lists(); none when nothing was lost.
  std::vector<ProductId> candidates(const CubeAnswers& lists);
  /// Whether these, sorted by keep_falling(), are those of all products. Else ask for lists() again, which are longer
  /// now.
  bool is_settled(const std::vector<ProductMovement>& falling);

 private:
  TwoPeriods periods_;
  std::size_t limit_;
  std::size_t depth_;
  std::int64_t to_beat_ = 1;        ///< what a product has lost that is among the first, at least
  std::int64_t most_left_out_ = 0;  ///< that a product can have lost which is no candidate
};

/// How long what is there lasts when it goes on selling as in the period: with one decimal. 0 when sold out, nullopt
/// when nothing is sold. `elapsed`: how much of the period has gone by.
std::optional<Number> days_of_stock_left(std::int64_t available, std::int64_t units_sold, seconds elapsed);

/// What has gone by of a period, but at least one day: an hour tells nothing about a day.
seconds elapsed_of(const TimeRange& range, Timestamp now);

}  // namespace cloudcart::analytics
