#include "app/platform/analytics_unit.h"

#include "core/id_generator.h"

namespace cloudcart::app {

analytics::DeliverAlerts::Options AnalyticsUnit::delivery_options(const Config::Alerts& settings) {
  analytics::DeliverAlerts::Options options{
      .retries = {.attempts = static_cast<int>(settings.attempts), .first_pause = settings.retry_delay},
      .attempt_limit = settings.attempt_timeout};
  random_bytes(&options.seed, sizeof options.seed);
  return options;
}

void AnalyticsUnit::measure_alerts(Metrics& metrics) {
  const auto gauge = [&](const std::string& name, const std::string& help, auto read) {
    metrics.gauge("cloudcart_alert" + name, help, {}, [read] { return static_cast<double>(read()); });
  };
  gauge("s_firing", "Alerts that fire.", [this] { return alert_app.firing(); });
  gauge("_deliveries_pending", "Events of alerts that wait for their webhook.",
        [this] { return alert_app.deliveries_pending(); });
  gauge("_attempts_failed", "Calls to webhooks that failed since the start.",
        [this] { return alert_app.deliver.attempts_failed(); });
  gauge("_deliveries_given_up", "Events of alerts whose webhook was given up since the start.",
        [this] { return alert_app.deliver.given_up(); });
}

}  // namespace cloudcart::app
