#include "recommendation/app/recommendation_app.h"

namespace cloudcart::recommendation {
namespace {

/// How long a wait for the first training lasts at most before the stop flag is looked at.
constexpr milliseconds wait_slice{500};
/// Records learnt in one go on the loop: a few milliseconds.
constexpr std::size_t batch = 200;

}  // namespace

Task<void> RecommendationApp::follow(BackgroundLoops::StopFlag stop) {
  // Counting the log from scratch is much faster than learning it event by event, so that comes first.
  while (!stop.stopping())
    if (co_await models_.wait_until_trained(Executor::current()->now() + wait_slice)) break;
  co_await events::consume("recommendation", log_, models_, stop, {.batch = batch});
}

Task<void> RecommendationApp::train(BackgroundLoops::StopFlag stop) {
  trainer_.request();
  co_await trainer_.run(stop);
}

}  // namespace cloudcart::recommendation
