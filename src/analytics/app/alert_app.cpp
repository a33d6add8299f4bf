#include "analytics/app/alert_app.h"

namespace cloudcart::analytics {
namespace {

constexpr seconds count_gap{5};

}  // namespace

Task<void> AlertApp::count(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    if (const auto counts = co_await alerts_.counts(Executor::current()->now() + count_gap)) {
      firing_ = counts->firing;
      pending_ = counts->deliveries_pending;
    }
    co_await stop.sleep_for(count_gap);
  }
}

}  // namespace cloudcart::analytics
