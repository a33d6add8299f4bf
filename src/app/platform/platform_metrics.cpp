#include "app/operations/process_metrics.h"
#include "app/platform/platform_impl.h"

namespace cloudcart::app {
namespace {

events::Follower follower(std::string name, events::Consumer& consumer) {
  return {std::move(name), [&consumer](Deadline deadline) { return consumer.position(deadline); }};
}

}  // namespace

/// What concerns the process as a whole, and what its parts do not show by themselves.
void Platform::Impl::measure() {
  auto& metrics = ground.metrics;
  measure_process(metrics, ground.config.data_dir);
  ground.readers.measure(metrics);
  ground.analysts.measure(metrics);
  for (const auto& loop : ground.loops) loop->measure(metrics);
  metrics.gauge("cloudcart_ready", "Whether the process is ready to serve, as /ready tells.", {},
                [this] { return is_ready() ? 1.0 : 0.0; });
  for (const auto service : {Service::user, Service::product, Service::order, Service::analytics})
    for (const auto& [name, probe] : probes_of(service))
      metrics.gauge("cloudcart_dependency_up", "Whether what a service depends on is well, as /health tells.",
                    {{"service", std::string{to_string(service)}}, {"dependency", name}},
                    [probe] { return probe() ? 1.0 : 0.0; });
  if (ground.certificate)
    metrics.gauge("cloudcart_tls_certificate_expiry_timestamp_seconds",
                  "When the certificate that new connections see ends.", {}, [this] {
                    return static_cast<double>(to_unix_ms(ground.certificate->expires_at())) / 1000;
                  });
}

/// All who follow the log in this process.
void Platform::Impl::watch_lag() {
  std::vector<events::Follower> followers;
  if (products) followers.push_back(follower("inventory", products->app.inventory_consumer));
  if (analytics) {
    followers.push_back(follower("analytics", analytics->app.consumer));
    followers.push_back(follower("experiments", analytics->experiments.consumer));
    followers.push_back(
        {"recommendations",
         [&models = analytics->recommendations.models()](Deadline) -> Task<Result<std::int64_t>> {
           co_return models.applied_position();
         }});
  }
  if (followers.empty()) return;
  lag_watch = std::make_unique<events::LagWatch>(log(products ? Service::product : Service::analytics),
                                                 std::move(followers));
  lag_watch->measure(ground.metrics);
}

}  // namespace cloudcart::app
