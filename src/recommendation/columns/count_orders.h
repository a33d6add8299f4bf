#pragma once

#include <vector>

#include "events/order_event.h"
#include "recommendation/columns/experiment_columns.h"
#include "recommendation/columns/subject_table.h"

namespace cloudcart::recommendation {

/// One batch of order events within its transaction.
class CountOrders {
 public:
  /// `experiments`: all that have been started.
  CountOrders(SubjectTable& table, const std::vector<NumberedExperiment>& experiments)
      : table_(table), experiments_(experiments) {}

  /// Whether it changed anything.
  bool operator()(const events::OrderEvent& event);

 private:
  bool count(const NumberedExperiment& numbered, const events::OrderEvent& event);
  bool take_back(const NumberedExperiment& numbered, const events::OrderEvent& event);

  SubjectTable& table_;
  const std::vector<NumberedExperiment>& experiments_;
};

}  // namespace cloudcart::recommendation
