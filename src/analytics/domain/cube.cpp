#include "analytics/domain/cube.h"

#include <algorithm>

namespace cloudcart::analytics {
namespace {

/// Undefined comes after every value, whichever way the sort goes.
std::strong_ordering compare(const CubeRow& a, const CubeRow& b, const SortTerm& term) {
  if (const auto* axis = std::get_if<std::size_t>(&term.by)) {
    const auto order = a.members[*axis] <=> b.members[*axis];
    return term.descending ? 0 <=> order : order;
  }
  const auto metric = std::get<Metric>(term.by);
  const auto left = value_of(metric, a.figures), right = value_of(metric, b.figures);
  if (!left || !right) return right.has_value() <=> left.has_value();
  return term.descending ? right->scaled <=> left->scaled : left->scaled <=> right->scaled;
}

}  // namespace

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

}  // namespace cloudcart::analytics
