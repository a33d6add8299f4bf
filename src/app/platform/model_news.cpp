#include "app/platform/model_news.h"

#include "recommendation/http/routes.h"

namespace cloudcart::app {

Task<void> ModelNews::run(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    co_await stop.sleep_for(seconds{1});
    co_await look();
  }
}

Task<void> ModelNews::look() {
  for (const auto& tenant : feed_.shops_following(analytics::LiveTopic::recommendations)) {
    const Deadline deadline = Executor::current()->now() + seconds{1};
    auto model = co_await recommendations_.describe_model({.tenant = tenant, .deadline = deadline});
    // Whoever asks for the model's state gets the error; here the next look is soon.
    if (!model) continue;
    auto json = recommendation::model_status_json(*model).str();
    model->at = {};
    auto without_moment = recommendation::model_status_json(*model).str();
    if (std::exchange(told_[tenant], without_moment) == without_moment) continue;
    feed_.publish(analytics::LiveTopic::recommendations, tenant, "model", std::move(json));
  }
}

}  // namespace cloudcart::app
