#pragma once

#include "adapters/files/recommendation/file_model_snapshots.h"
#include "adapters/http/analytics/http_webhook_sender.h"
#include "analytics/app/alert_app.h"
#include "analytics/app/analytics_app.h"
#include "analytics/app/system_app.h"
#include "app/platform/ground.h"
#include "app/platform/model_news.h"
#include "app/platform/stores.h"
#include "http/beast/outside_client.h"
#include "recommendation/app/experiment_app.h"
#include "recommendation/app/recommendation_app.h"

namespace cloudcart::app {

/// The analytics service with the recommender, following the order log into its stores and its model.
struct AnalyticsUnit {
  /// What other services give to this one. `inventory`: the product service's consumer of the log, if it runs in this
  /// process, else nullptr.
  struct Neighbours {
    events::EventLog& log;
    analytics::Ledger& ledger;
    recommendation::Assortment& assortment;
    analytics::Stock& stock;
    events::Consumer* inventory = nullptr;
  };
  AnalyticsUnit(Ground& ground, std::unique_ptr<FactStores> fact_stores,
                std::unique_ptr<AnalyticsStores> other_stores, Neighbours others)
      : facts(std::move(fact_stores)),
        stores(std::move(other_stores)),
        app({.store = facts->facts(),
             .cube = facts->cube(),
             .letters = facts->letters(),
             .rebuild = facts->rebuild(),
             .log = others.log,
             .stock = others.stock,
             .clock = ground.clock,
             .shop = ground.shop}),
        outside({.allow_own_addresses = ground.config.alerts.allow_private_addresses,
                 .ca_file = ground.config.alerts.ca_file}),
        alert_app({.alerts = stores->alerts(),
                   .cube = facts->cube(),
                   .log = others.log,
                   .feed = app.live_feed,
                   .sender = webhooks,
                   .clock = ground.clock,
                   .ids = ground.ids,
                   .delivery = delivery_options(ground.config.alerts),
                   .leadership = stores->leadership()}),
        experiments({.experiments = stores->experiments(),
                     .ledger = stores->subjects(),
                     .log = others.log,
                     .clock = ground.clock,
                     .ids = ground.ids,
                     .leadership = stores->leadership(),
                     .erased = erased}),
        training("training", 1, 16),
        snapshots(ground.config.data_dir / "recommendation.snapshot", training),
        recommendations({.log = others.log,
                         .assortment = others.assortment,
                         .snapshots = snapshots,
                         .quality = stores->quality(),
                         .clock = ground.clock,
                         .training = training,
                         .experiments = experiments.choice,
                         .leadership = stores->leadership(),
                         .erased = erased,
                         .tracing = ground.event_tracing(Service::analytics)}),
        model_news(recommendations, app.live_feed),
        system({.ledger = others.ledger,
                .counted = facts->facts(),
                .cube = facts->cube(),
                .log = others.log,
                .feed = app.live_feed,
                .clock = ground.clock,
                .followers = followers(others.inventory)}) {
    measure_facts(ground.metrics);
    measure_alerts(ground.metrics);
    measure_experiments(ground.metrics);
    measure_model(ground.metrics);
    training.measure(ground.metrics);
  }

  static analytics::DeliverAlerts::Options delivery_options(const Config::Alerts& settings);
  /// The loops of the service; `log` is what they follow.
  void start_loops(BackgroundLoops& background, EventLoop& loop, events::EventLog& log,
                   const events::EventTracing& tracing);
  /// Who besides analytics follows the log in this process.
  std::vector<analytics::LogFollower> followers(events::Consumer* inventory);
  void measure_facts(Metrics& metrics);
  void measure_alerts(Metrics& metrics);
  void measure_experiments(Metrics& metrics);
  void measure_model(Metrics& metrics);

  const std::unique_ptr<FactStores> facts;
  const std::unique_ptr<AnalyticsStores> stores;
  analytics::AnalyticsApp app;
  http::BeastOutsideClient outside;
  analytics::HttpWebhookSender webhooks{outside};
  analytics::AlertApp alert_app;
  privacy::ErasedCustomers erased;  ///< as far as this process has been told
  recommendation::ExperimentApp experiments;
  OffloadPool training;
  recommendation::FileModelSnapshots snapshots;
  recommendation::RecommendationApp recommendations;
  ModelNews model_news;
  analytics::SystemApp system;
};

}  // namespace cloudcart::app
