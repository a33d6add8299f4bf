#include "analytics/domain/cube.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <tuple>

namespace cloudcart::analytics {
namespace {

std::strong_ordering compare(const CubeRow& a, const CubeRow& b, const SortTerm& term) {
  if (const auto* axis = std::get_if<std::size_t>(&term.by)) {
    const auto order = a.members[*axis] <=> b.members[*axis];
    return term.descending ? 0 <=> order : order;
  }
  const auto metric = std::get<Metric>(term.by);
  return sort_key(metric, a.figures, term.descending) <=> sort_key(metric, b.figures, term.descending);
}

}  // namespace

void keep_wanted(SalesFigures& figures, const CubeQuery& query) {
  if (!query.customers) figures.new_customers = figures.active_customers = figures.repeat_customers = 0;
  if (query.passages) return;
  figures.shipped_orders = figures.shipping_seconds = 0;
  figures.delivered_orders = figures.delivering_seconds = 0;
}

std::int64_t sort_key(Metric metric, const SalesFigures& figures, bool descending) {
  const auto value = value_of(metric, figures);
  if (!value) return std::numeric_limits<std::int64_t>::max();
  // The complement turns the order round without an overflow.
  return descending ? ~value->scaled : value->scaled;
}

Error too_many_groups() {
  return Error::validation({{"dimensions", "make more than 1,000,000 groups: ask for fewer, or filter"}});
}

void sort_and_cut(std::vector<CubeRow>& rows, const CubeQuery& query) {
  const auto before = [&](const CubeRow& a, const CubeRow& b) {
    for (const auto& term : query.sort)
      if (const auto order = compare(a, b, term); order != 0) return order < 0;
    return a.members < b.members;
  };
  const auto kept = std::min(query.limit, rows.size());
  const auto cut = rows.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(rows.begin(), cut, rows.end(), before);
  rows.erase(cut, rows.end());
}

void keep_closest(Companions& companions, std::size_t limit) {
  auto& others = companions.others;
  const auto kept = others.begin() + static_cast<std::ptrdiff_t>(std::min(limit, others.size()));
  std::partial_sort(others.begin(), kept, others.end(), [](const Companion& a, const Companion& b) {
    return std::tie(b.orders_together, a.product) < std::tie(a.orders_together, b.product);
  });
  others.erase(kept, others.end());
}

std::vector<Cohort> empty_cohorts(const TimeAxis& months) {
  if (months.size > max_cohort_months) throw std::logic_error("too many months for cohorts");
  std::vector<Cohort> cohorts(months.size);
  for (std::uint32_t month = 0; month < months.size; ++month) {
    const auto later = months.size - month;
    cohorts[month] = {month, 0, std::vector<std::int64_t>(later), std::vector<std::int64_t>(later),
                      std::vector<Money>(later)};
  }
  return cohorts;
}

}  // namespace cloudcart::analytics
