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

std::vector<analytics::LogFollower> AnalyticsUnit::followers(events::Consumer* inventory) {
  std::vector<analytics::LogFollower> found;
  found.push_back({"recommendations", [this](Caller caller) -> Task<Result<std::int64_t>> {
                     CLOUDCART_CO_TRY(const auto model,
                                      co_await recommendations.describe_model(std::move(caller)));
                     co_return model.position;
                   }});
  found.push_back({"experiments",
                   [this](const Caller& caller) { return experiments.consumer.position(caller.deadline); }});
  if (inventory)
    found.push_back(
        {"inventory", [inventory](const Caller& caller) { return inventory->position(caller.deadline); }});
  return found;
}

void AnalyticsUnit::start_loops(BackgroundLoops& background, EventLoop& loop, events::EventLog& log) {
  using Stop = BackgroundLoops::StopFlag;
  background.start("analytics", loop,
                   [this, &log](Stop stop) { return events::consume("analytics", log, app.consumer, stop); });
  background.start("analytics rebuild", loop, [this](Stop stop) { return app.rebuild.run(stop); });
  background.start("freshness", loop, [this](Stop stop) { return app.freshness.run(stop); });
  background.start("stock watch", loop, [this](Stop stop) { return app.stock_watch.run(stop); });
  background.start("model news", loop, [this](Stop stop) { return model_news.run(stop); });
  background.start("experiments", loop, [this](Stop stop) { return experiments.watch(stop); });
  background.start("experiment orders", loop, [this, &log](Stop stop) {
    return events::consume("experiments", log, experiments.consumer, stop);
  });
  background.start("leadership", loop, [this](Stop stop) { return stores->leadership().run(stop); });
  background.start("alerts", loop, [this](Stop stop) { return alert_app.check.run(stop); });
  background.start("alert webhooks", loop, [this](Stop stop) { return alert_app.deliver.run(stop); });
  background.start("alert counts", loop, [this](Stop stop) { return alert_app.count(stop); });
  if (stores->are_shared())
    background.start("alerts of others", loop, [this](Stop stop) { return alert_app.hear.run(stop); });
  background.start("recommendations", loop, [this](Stop stop) { return recommendations.follow(stop); });
  background.start("training", loop, [this](Stop stop) { return recommendations.train(stop); });
}

void AnalyticsUnit::measure_facts(Metrics& metrics) {
  const auto gauge = [&](const char* name, const char* help, auto read) {
    metrics.gauge(name, help, {}, [read] { return static_cast<double>(read()); });
  };
  gauge("cloudcart_analytics_events_applied", "Events applied since the start.",
        [this] { return app.consumer.events_applied(); });
  gauge("cloudcart_analytics_events_behind",
        "Events of the log that are not in the figures yet, as far as they are counted.",
        [this] { return app.freshness.events_behind(); });
  gauge("cloudcart_analytics_last_event_timestamp_seconds", "Time of the latest event that is in; 0: none.",
        [this] { return static_cast<double>(app.freshness.last_event_at()) / 1000; });
  gauge("cloudcart_analytics_dead_letters", "Events that could not be added up.",
        [this] { return facts->dead_letters(); });
  gauge("cloudcart_analytics_memory_bytes", "What this process keeps in memory to answer questions from.",
        [this] { return facts->memory_bytes(); });
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

void AnalyticsUnit::measure_experiments(Metrics& metrics) {
  metrics.gauge("cloudcart_experiments_running", "Experiments with recommenders that run.", {},
                [this] { return static_cast<double>(experiments.choice.running()); });
  for (const auto outcome : recommendation::all_feedback_outcomes)
    metrics.gauge(
        "cloudcart_experiment_feedback_events", "Events of feedback since the start, by what became of them.",
        {{"outcome", std::string{to_string(outcome)}}},
        [this, outcome] { return static_cast<double>(experiments.record_feedback.count_of(outcome)); });
}

}  // namespace cloudcart::app
