#include "recommendation/app/record_feedback.h"

#include <fmt/format.h>

namespace cloudcart::recommendation {

Task<Result<std::vector<FeedbackOutcome>>> RecordFeedback::operator()(Caller caller, std::string address,
                                                                      std::vector<ClientFeedback> feedback) {
  CLOUDCART_CO_CHECK(limiter_.admit(caller.tenant, address, feedback.size()));
  CLOUDCART_CO_TRY(auto events, open(caller.tenant, feedback));
  std::vector<bool> are_late;
  for (const auto& event : events) are_late.push_back(is_of_erased(caller.tenant, event));
  std::erase_if(events, [&](const auto& event) { return is_of_erased(caller.tenant, event); });
  CLOUDCART_CO_TRY(const auto recorded, co_await ledger_.record(std::move(caller.tenant), std::move(events),
                                                                clock_.now(), caller.deadline));
  std::vector<FeedbackOutcome> outcomes;
  for (auto next = recorded.begin(); const bool is_late : are_late)
    outcomes.push_back(is_late ? FeedbackOutcome::expired : *next++);
  for (const auto outcome : outcomes) ++counts_[static_cast<std::size_t>(outcome)];
  co_return outcomes;
}

bool RecordFeedback::is_of_erased(const TenantId& tenant, const FeedbackEvent& event) const {
  const auto& subject = event.impression.subject;
  return subject.is_customer && erased_.contains(tenant, UserId{subject.id});
}

Result<std::vector<FeedbackEvent>> RecordFeedback::open(const TenantId& tenant,
                                                        const std::vector<ClientFeedback>& feedback) const {
  std::vector<FeedbackEvent> events;
  std::vector<FieldError> errors;
  for (std::size_t i = 0; i < feedback.size(); ++i) {
    const auto& [text, clicked] = feedback[i];
    const auto sealed = SealedImpression::parse(text);
    const auto experiment = sealed ? choice_.find(tenant, sealed->experiment()) : nullptr;
    auto impression = experiment ? sealed->open(experiment->keys.seal) : std::nullopt;
    if (sealed && !experiment) {
      errors.push_back({fmt::format("events[{}].impression", i),
                        "belongs to an experiment that is not known, or is over for long"});
    } else if (!impression) {
      errors.push_back({fmt::format("events[{}].impression", i),
                        "must be the impression of an answer, exactly as it came"});
    } else if (clicked && !impression->place_of(*clicked)) {
      errors.push_back({fmt::format("events[{}].product_id", i), "must be a product of this impression"});
    } else {
      events.push_back({*std::move(impression), clicked});
    }
  }
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return events;
}

}  // namespace cloudcart::recommendation
