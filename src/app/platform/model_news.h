#pragma once

#include <map>
#include <string>

#include "analytics/app/live_feed.h"
#include "recommendation/app/recommendation_app.h"
#include "runtime/event_loop.h"

namespace cloudcart::app {

/// Tells those who follow the topic `recommendations` how the model is, when that has changed, and at most once a
/// second: with each order it has learned something.
class ModelNews {
 public:
  ModelNews(recommendation::RecommendationApp& recommendations, analytics::LiveFeed& feed)
      : recommendations_(recommendations), feed_(feed) {}

  Task<void> run(BackgroundLoops::StopFlag stop);
  Task<void> look();

 private:
  recommendation::RecommendationApp& recommendations_;
  analytics::LiveFeed& feed_;
  std::map<TenantId, std::string> told_;  ///< by shop, without the moment of the answer
};

}  // namespace cloudcart::app
