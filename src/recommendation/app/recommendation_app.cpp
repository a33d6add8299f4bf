#include "recommendation/app/recommendation_app.h"

#include <spdlog/spdlog.h>

namespace cloudcart::recommendation {

Task<Result<bool>> RecommendationApp::forget(std::vector<privacy::Erasure> erasures) {
  models_.forget(erasures);
  return trainer_.save_now();
}
namespace {

/// How long a wait for the first training lasts at most before the stop flag is looked at.
constexpr milliseconds wait_slice{500};
/// Records learnt in one go on the loop: a few milliseconds.
constexpr std::size_t batch = 200;
constexpr seconds write_limit{2};

}  // namespace

Task<void> RecommendationApp::follow(BackgroundLoops::StopFlag stop) {
  // Counting the log from scratch is much faster than learning it event by event, so that comes first.
  while (!stop.stopping())
    if (co_await models_.wait_until_trained(Executor::current()->now() + wait_slice)) break;
  co_await events::consume("recommendation", log_, examine_orders_, stop,
                           {.batch = batch, .tracing = tracing_});
  // What was found until now; without it a restart would lose the last seconds.
  if (const auto written = co_await examine_orders_.flush(Executor::current()->now() + write_limit); !written)
    spdlog::warn("how well the last orders were foretold is lost: {}", written.error().message);
}

Task<void> RecommendationApp::train(BackgroundLoops::StopFlag stop) {
  trainer_.request();
  co_await trainer_.run(stop);
}

}  // namespace cloudcart::recommendation
