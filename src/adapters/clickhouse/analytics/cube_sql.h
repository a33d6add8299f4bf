#pragma once

#include <string>

#include "adapters/clickhouse/analytics/snapshot.h"
#include "analytics/domain/cube.h"

namespace cloudcart::analytics {

/// The SELECTs that answer one CubeQuery. Columns: the members, one for each axis (ids in hex); the figures in the order of
/// SalesFigures; when the last order was placed; how many flows there were.
class CubeSql {
 public:
  CubeSql(const CubeQuery& query, Snapshot snapshot, TenantId tenant);

  std::string groups() const;
  /// Without the axes. One row.
  std::string total() const;
  /// Whether the total is the sum of all groups: not where an order, or a customer, may be in several of them, nor where
  /// groups are left out.
  bool adds_up() const;
  /// Whether groups() are sorted and cut; else all come.
  bool is_cut() const;

 private:
  using Axes = std::vector<Axis>;

  std::string figures(const Axes& axes, bool by_line, std::string_view group_clause) const;
  std::string figures_of_customers(const Axes& axes, bool by_line, std::string_view group_clause) const;
  std::string keyed_rows(const Axes& axes, bool by_line) const;
  std::string with_status(const std::string& rows, const Axes& axes, bool by_line) const;
  std::string order_rows() const;
  std::string line_rows(const Axes& axes) const;
  std::string passage_rows(const Axes& axes) const;
  std::string order_clause() const;

  std::string kinds() const;
  std::string conditions_of_orders() const;
  std::string conditions_of_lines() const;
  bool uses_status(const Axes& axes) const;
  bool selects_lines() const;

  const CubeQuery& query_;
  const Snapshot snapshot_;
  const std::string seen_;
  const std::string moments_;
};

/// Its column of groups(), for a metric that is a sum; empty for one that is a ratio.
std::string sort_expression(Metric metric);

}  // namespace cloudcart::analytics
