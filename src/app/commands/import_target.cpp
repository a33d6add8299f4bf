#include "app/commands/import_target.h"

#include "analytics/app/analytics_consumer.h"
#include "events/consumer.h"

namespace cloudcart::app {

Status ImportTarget::apply_to_analytics() {
  analytics::LiveFeed unheard(0);
  analytics::AnalyticsConsumer consumer(facts->facts(), unheard);
  return sync_wait(events::catch_up(orders->log(), consumer, {.batch = 5'000}));
}

}  // namespace cloudcart::app
