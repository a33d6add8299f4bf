#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

std::string_view to_string(FeedbackOutcome outcome) {
  switch (outcome) {
    case FeedbackOutcome::counted:
      return "counted";
    case FeedbackOutcome::repeated:
      return "repeated";
    case FeedbackOutcome::expired:
      return "expired";
    case FeedbackOutcome::not_running:
      return "not_running";
    case FeedbackOutcome::full:
      return "full";
  }
  return {};
}

}  // namespace cloudcart::recommendation
