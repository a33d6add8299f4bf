#pragma once

#include <functional>
#include <map>

#include "recommendation/columns/experiment_columns.h"
#include "recommendation/columns/subject_table.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

/// One batch of feedback within its transaction.
class CountFeedback {
 public:
  using FindExperiment = std::function<std::optional<NumberedExperiment>(const ExperimentId&)>;

  CountFeedback(SubjectTable& table, FindExperiment find, const ExperimentBounds& bounds, Timestamp now)
      : table_(table), find_(std::move(find)), bounds_(bounds), now_(now) {}

  FeedbackOutcome operator()(const FeedbackEvent& event);

 private:
  NumberedExperiment* find(const ExperimentId& id);
  bool click(const NumberedExperiment& experiment, SubjectSums& sums, const Impression& impression,
             const ProductId& product);
  void remember_click(std::int64_t experiment, const Uuid& customer, const ProductId& product, Team team);

  SubjectTable& table_;
  const FindExperiment find_;
  const ExperimentBounds& bounds_;
  const Timestamp now_;
  std::map<ExperimentId, std::optional<NumberedExperiment>> experiments_;
};

}  // namespace cloudcart::recommendation
