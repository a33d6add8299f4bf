#include "app/platform/analytics_unit.h"

#include "core/id_generator.h"

namespace cloudcart::app {
namespace {

using Reconciled = analytics::RecentReconciliation::Outcome;

}  // namespace

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

void AnalyticsUnit::start_loops(BackgroundLoops& background, EventLoop& loop, events::EventLog& log,
                                const events::EventTracing& tracing) {
  using Stop = BackgroundLoops::StopFlag;
  const events::ConsumerOptions options{.tracing = tracing};
  background.start("analytics", loop, [this, &log, options](Stop stop) {
    return events::consume("analytics", log, app.consumer, stop, options);
  });
  background.start("analytics rebuild", loop, [this](Stop stop) { return app.rebuild.run(stop); });
  background.start("freshness", loop, [this](Stop stop) { return app.freshness.run(stop); });
  background.start("stock watch", loop, [this](Stop stop) { return app.stock_watch.run(stop); });
  background.start("model news", loop, [this](Stop stop) { return model_news.run(stop); });
  background.start("experiments", loop, [this](Stop stop) { return experiments.watch(stop); });
  background.start("experiment orders", loop, [this, &log, options](Stop stop) {
    return events::consume("experiments", log, experiments.consumer, stop, options);
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
  metrics.total("cloudcart_analytics_events_applied_total", "Events applied since the start.", {},
                [this] { return static_cast<double>(app.consumer.events_applied()); });
  gauge("cloudcart_analytics_last_event_timestamp_seconds", "Time of the latest event that is in; 0: none.",
        [this] { return static_cast<double>(app.freshness.last_event_at()) / 1000; });
  gauge("cloudcart_analytics_dead_letters", "Events that could not be added up.",
        [this] { return facts->dead_letters(); });
  gauge("cloudcart_analytics_memory_bytes", "What this process keeps in memory to answer questions from.",
        [this] { return facts->memory_bytes(); });
  gauge("cloudcart_reconciliation_differences",
        "Days on which orders and figures differed in the last reconciliation that this process made.",
        [this] { return system.reconciliation.last().value_or(Reconciled{}).differing_days; });
  gauge(
      "cloudcart_reconciliation_equal",
      "Whether orders and figures were equal in the last reconciliation that this process made; 1 before it.",
      [this] { return system.reconciliation.last().value_or(Reconciled{}).equal; });
  gauge("cloudcart_reconciliation_timestamp_seconds",
        "When this process made the last reconciliation; 0: none since the start.", [this] {
          return static_cast<double>(
                     to_unix_ms(system.reconciliation.last().value_or(Reconciled{}).checked_at)) /
                 1000;
        });
}

void AnalyticsUnit::measure_model(Metrics& metrics) {
  const auto& models = recommendations.models();
  const auto gauge = [&](const char* name, const char* help, auto read) {
    metrics.gauge(name, help, {}, [read] { return static_cast<double>(read()); });
  };
  const auto moment = [&](const char* name, const char* help, auto of) {
    gauge(name, help, [&models, of]() -> double {
      const auto last = models.training();
      const std::optional<Timestamp> at = last ? of(*last) : std::nullopt;
      return at ? static_cast<double>(to_unix_ms(*at)) / 1000 : 0;
    });
  };
  using recommendation::Training;
  moment("cloudcart_model_trained_timestamp_seconds", "When the models were trained last; 0: not yet.",
         [](const Training& of) { return std::optional{of.finished_at}; });
  moment("cloudcart_model_refreshed_timestamp_seconds",
         "When what the models make of orders was made anew last, by a training or a refresh; 0: not yet.",
         [](const Training& of) {
           return std::optional{std::max(of.finished_at, of.refreshed_at.value_or(Timestamp{}))};
         });
  moment("cloudcart_model_snapshot_timestamp_seconds",
         "When the models were saved last; 0: not by this process.",
         [](const Training& of) { return of.snapshot_at; });
  gauge("cloudcart_model_training_duration_seconds", "How long the last training took.", [&models] {
    const auto last = models.training();
    return last ? std::chrono::duration<double>(last->took).count() : 0.0;
  });
  gauge("cloudcart_model_orders", "Orders that the models of all shops hold.",
        [&models] { return models.orders(); });
  metrics.total("cloudcart_model_changes_total",
                "Orders and cancellations that the models have learnt one by one.", {},
                [&models] { return static_cast<double>(models.changes()); });
  const auto size = [&](const char* name, const char* help, auto of) {
    gauge(name, help, [&models, of] { return models.model_of(TenantId{})->size().*of; });
  };
  using recommendation::ModelSize;
  size("cloudcart_model_products", "Products that the shop's model knows.", &ModelSize::products);
  size("cloudcart_model_customers", "Customers that the shop's model knows.", &ModelSize::users);
  size("cloudcart_model_bytes", "What the shop's model takes, as estimated.", &ModelSize::bytes);
}

void AnalyticsUnit::measure_alerts(Metrics& metrics) {
  const auto gauge = [&](const std::string& name, const std::string& help, auto read) {
    metrics.gauge("cloudcart_alert" + name, help, {}, [read] { return static_cast<double>(read()); });
  };
  gauge("s_firing", "Alerts that fire.", [this] { return alert_app.firing(); });
  gauge("_deliveries_pending", "Events of alerts that wait for their webhook.",
        [this] { return alert_app.deliveries_pending(); });
  metrics.total("cloudcart_alert_attempts_failed_total", "Calls to webhooks that failed.", {},
                [this] { return static_cast<double>(alert_app.deliver.attempts_failed()); });
  metrics.total("cloudcart_alert_deliveries_given_up_total", "Events of alerts whose webhook was given up.",
                {}, [this] { return static_cast<double>(alert_app.deliver.given_up()); });
}

void AnalyticsUnit::measure_experiments(Metrics& metrics) {
  metrics.gauge("cloudcart_experiments_running", "Experiments with recommenders that run.", {},
                [this] { return static_cast<double>(experiments.choice.running()); });
  for (const auto outcome : recommendation::all_feedback_outcomes)
    metrics.total("cloudcart_experiment_feedback_events_total", "Events of feedback, by what became of them.",
                  {{"outcome", std::string{to_string(outcome)}}}, [this, outcome] {
                    return static_cast<double>(experiments.record_feedback.count_of(outcome));
                  });
}

}  // namespace cloudcart::app
