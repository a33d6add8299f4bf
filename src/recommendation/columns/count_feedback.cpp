#include "recommendation/columns/count_feedback.h"

namespace cloudcart::recommendation {

FeedbackOutcome CountFeedback::operator()(const FeedbackEvent& event) {
  const auto& impression = event.impression;
  if (now_ - impression.answered_at > bounds_.impression_life) return FeedbackOutcome::expired;
  auto* experiment = find(impression.experiment);
  if (!experiment || experiment->experiment.status != ExperimentStatus::running)
    return FeedbackOutcome::not_running;
  auto sums = table_.find_subject(experiment->number, impression.subject);
  if (!sums && experiment->subjects >= bounds_.subjects) return FeedbackOutcome::full;
  const bool is_new_subject = !sums;
  if (!sums) sums = SubjectSums{.variant = impression.variant, .first_seen_at = now_};
  const bool is_new = table_.insert_seen(experiment->number, impression);
  sums->impressions += is_new;
  const bool counts = event.clicked ? click(*experiment, *sums, impression, *event.clicked) : is_new;
  if (is_new_subject) {
    table_.count_new_subject(experiment->number);
    ++experiment->subjects;
  }
  if (counts || is_new) table_.put_subject(experiment->number, impression.subject, *sums);
  return counts ? FeedbackOutcome::counted : FeedbackOutcome::repeated;
}

NumberedExperiment* CountFeedback::find(const ExperimentId& id) {
  auto [at, is_new] = experiments_.try_emplace(id);
  if (is_new) at->second = find_(id);
  return at->second ? &*at->second : nullptr;
}

bool CountFeedback::click(const NumberedExperiment& experiment, SubjectSums& sums,
                          const Impression& impression, const ProductId& product) {
  const auto place = impression.place_of(product);
  if (!place || !table_.mark_clicked(experiment.number, impression, *place)) return false;
  const auto team = impression.products[*place].team;
  sums.click(team);
  if (impression.subject.is_customer) remember_click(experiment.number, impression.subject.id, product, team);
  return true;
}

/// A product that is new is left out when the customer has as many as may be.
void CountFeedback::remember_click(std::int64_t experiment, const Uuid& customer, const ProductId& product,
                                   Team team) {
  if (!table_.find_clicked(experiment, customer, product) &&
      table_.count_clicked(experiment, customer) >= bounds_.clicked_products)
    return;
  table_.put_clicked(experiment, customer, product, {team, now_});
}

}  // namespace cloudcart::recommendation
