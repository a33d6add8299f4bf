#include "app/platform/kafka_unit.h"

#include <fmt/format.h>

namespace cloudcart::app {
namespace {

kafka::Brokers brokers_of(const Config::Kafka& config) {
  kafka::Brokers brokers{config.brokers};
  brokers.tls = config.tls;
  brokers.ca_file = config.ca_file;
  brokers.user = config.user;
  brokers.password = config.password;
  brokers.mechanism = config.sasl_mechanism;
  return brokers;
}

}  // namespace

void KafkaUnit::publish(OrderStores& orders) {
  const auto& config = ground_.config;
  publisher_ = std::make_unique<kafka::KafkaPublisher>(
      kafka::PublisherOptions{.brokers = brokers_of(config.kafka),
                              .topic_prefix = config.kafka.topic_prefix,
                              .partitions = config.kafka.partitions,
                              .replication_factor = config.kafka.replication_factor,
                              .tracing = ground_.event_tracing(Service::order)});
  // Files have one process at a time, and the next one need not wait for the last one's lease.
  auto holder = config.postgres.url.empty() ? "the process of these files" : ground_.ids.next().to_string();
  relay_ =
      std::make_unique<events::Relay>(orders.log(), orders.relay_progress(), *publisher_, std::move(holder));
  measure();
}

void KafkaUnit::measure() {
  ground_.metrics.gauge("cloudcart_relay_events_behind",
                        "Events of the order store that are not in Kafka yet, as far as that store counts.",
                        {}, [this] { return static_cast<double>(relay_->events_behind()); });
  ground_.metrics.gauge("cloudcart_relay_up", "Whether what the relay to Kafka tried last has worked.", {},
                        [this] { return relay_->is_well() ? 1.0 : 0.0; });
  ground_.metrics.gauge("cloudcart_relay_publishing",
                        "Whether this process holds the lease and publishes to Kafka.", {},
                        [this] { return relay_->publishes() ? 1.0 : 0.0; });
  ground_.metrics.total("cloudcart_relay_events_published_total",
                        "Events that this process brought to Kafka.", {},
                        [this] { return static_cast<double>(relay_->events_published()); });
}

events::EventLog& KafkaUnit::log(Service reader, events::EventLog& origin) {
  auto& followed = followed_[reader];
  if (!followed) {
    followed =
        std::make_unique<Followed>(kafka::EventLogOptions{.brokers = brokers_of(ground_.config.kafka),
                                                          .topic_prefix = ground_.config.kafka.topic_prefix},
                                   origin);
    ground_.metrics.total("cloudcart_kafka_dead_letters_total",
                          "Records that were none of the log's events and went to the topic of dead letters.",
                          {{"reader", std::string{to_string(reader)}}},
                          [&log = followed->in_kafka] { return static_cast<double>(log.dead_letters()); });
  }
  return followed->log;
}

void KafkaUnit::start_loops(BackgroundLoops& background, Executor& executor) {
  using Stop = BackgroundLoops::StopFlag;
  if (relay_) background.start("relay", executor, [this](Stop stop) { return relay_->run(stop); });
  for (const auto& [reader, followed] : followed_)
    background.start(fmt::format("kafka of {}", to_string(reader)), executor,
                     [&log = followed->in_kafka](Stop stop) { return log.watch(stop); });
}

void KafkaUnit::add_probes(Service service, Probes& probes) const {
  if (service == Service::order && relay_) probes.emplace("kafka", [this] { return relay_->is_well(); });
  if (const auto found = followed_.find(service); found != followed_.end())
    probes.emplace("kafka", [&log = found->second->in_kafka] { return log.is_reachable(); });
}

}  // namespace cloudcart::app
