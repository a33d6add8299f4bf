#include "app/platform/migrate_stores.h"

#include <cstdio>
#include <functional>
#include <thread>

#include <fmt/format.h>

#include "adapters/postgres/promotion/promotion_mark.h"
#include "adapters/postgres/store/link.h"
#include "app/platform/clickhouse_stores.h"
#include "app/platform/postgres_stores.h"

namespace cloudcart::app {
namespace {

constexpr milliseconds between_looks{200};

void wait_until(const std::function<bool()>& answers, std::string_view what, MonotonicTime deadline) {
  const SystemClock clock;
  for (bool is_told = false; !answers(); is_told = true) {
    if (clock.monotonic_now() >= deadline)
      throw std::runtime_error(
          fmt::format("{} did not answer in time. Check its address, and that it runs.", what));
    if (!is_told) fmt::print(stderr, "{} does not answer yet; it is waited for\n", what);
    std::this_thread::sleep_for(between_looks);
  }
}

/// By opening the service's stores, so that no way of bringing them up to date is left out.
void open_on_postgres(const Config& config, Service service) {
  const auto options = [&](std::string_view store) {
    auto chosen = postgres_options(config, store);
    chosen.pool_size = 1;
    return chosen;
  };
  switch (service) {
    case Service::user:
      (void)PostgresUserStores(options("user"));
      return;
    case Service::product:
      (void)PostgresProductStores(options("product"));
      return;
    case Service::order:
      (void)PostgresOrderStores(options("order"));
      return;
    case Service::analytics:
      (void)PostgresAnalyticsStores(options("analytics"), options("recommendation"));
      return;
    case Service::gateway:
      return;
  }
}

std::vector<std::string> stores_of(Service service) {
  if (service == Service::gateway) return {};
  if (service == Service::analytics) return {"analytics", "recommendation"};
  return {std::string{to_string(service)}};
}

MigratedStore migrate_clickhouse(const Config& config, MonotonicTime deadline) {
  const auto options = clickhouse_options(config);
  const clickhouse::Store store(options, "analytics");
  wait_until([&] { return store.is_reachable(); }, "ClickHouse", deadline);
  return {.service = "analytics",
          .place = fmt::format("ClickHouse, database {}", options.database),
          .version = clickhouse::migrations_of("analytics").back().version};
}

}  // namespace

std::vector<MigratedStore> migrate_stores(const Config& config, MonotonicTime deadline) {
  std::vector<MigratedStore> done;
  const auto& url = config.postgres.url;
  const bool has_stores = std::ranges::any_of(
      all_services, [&](Service service) { return config.runs(service) && service != Service::gateway; });
  if (!url.empty() && has_stores) {
    wait_until([&] { return postgres::accepts_connections(url); }, "PostgreSQL", deadline);
    promotion::refuse_unfinished(url, config.postgres.schema_prefix);
    for (const auto service : all_services) {
      if (!config.runs(service)) continue;
      open_on_postgres(config, service);
      for (const auto& store : stores_of(service))
        done.push_back({.service = std::string{to_string(service)},
                        .place = fmt::format("PostgreSQL, schema {}", postgres_options(config, store).schema),
                        .version = postgres::migrations_of(store).back().version});
    }
  }
  if (!config.clickhouse.url.empty() && config.runs(Service::analytics))
    done.push_back(migrate_clickhouse(config, deadline));
  return done;
}

}  // namespace cloudcart::app
