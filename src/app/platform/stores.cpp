#include "app/platform/stores.h"

#include <fmt/format.h>

#include "adapters/memory/cache/memory_cache.h"
#include "adapters/postgres/promotion/promotion_mark.h"
#include "adapters/redis/cache/redis_cache.h"
#include "app/platform/clickhouse_stores.h"
#include "app/platform/postgres_stores.h"
#include "app/platform/sqlite_stores.h"
#include "cache/measured_cache.h"

namespace cloudcart::app {
namespace {

/// Throws where a shop has been promoted to but not to its end.
bool on_postgres(const Config& config) {
  if (config.postgres.url.empty()) return false;
  promotion::refuse_unfinished(config.postgres.url, config.postgres.schema_prefix);
  return true;
}

}  // namespace

postgres::StoreOptions postgres_options(const Config& config, std::string_view service) {
  return {.url = config.postgres.url,
          .schema = fmt::format("{}_{}", config.postgres.schema_prefix, service),
          .pool_size = config.postgres.pool_size};
}

namespace {

/// Of a store that reports.
postgres::StoreOptions measured_options(Ground& ground, std::string_view service) {
  auto options = postgres_options(ground.config, service);
  options.metrics = &ground.metrics;
  return options;
}

/// How much later than the end of its time a request may still put into the cache what it has read.
constexpr milliseconds settling_margin{1'000};

/// Of services that have reads for a replica.
postgres::StoreOptions with_replica(postgres::StoreOptions options, const Config& config) {
  options.replica_url = config.postgres.replica_url;
  options.replica_wait = config.postgres.replica_wait;
  return options;
}

/// The file that facts and alerts share; opened for the first of them that needs it, as it has one writer.
class AnalyticsFile {
 public:
  explicit AnalyticsFile(Ground& ground) : ground_(ground) {}
  std::shared_ptr<sqlite::Store> open() {
    if (!store_)
      store_ = std::make_shared<sqlite::Store>(ground_.config.data_dir, "analytics", ground_.readers,
                                               sqlite_options(ground_));
    return store_;
  }

 private:
  Ground& ground_;
  std::shared_ptr<sqlite::Store> store_;
};

std::unique_ptr<FactStores> open_facts(Ground& ground, AnalyticsFile& file) {
  if (!ground.config.clickhouse.url.empty()) return std::make_unique<ClickHouseFactStores>(ground);
  return std::make_unique<SqliteFactStores>(file.open(), ground);
}

std::unique_ptr<AnalyticsStores> open_others(Ground& ground, AnalyticsFile& file) {
  const auto& config = ground.config;
  if (on_postgres(config)) {
    auto analytics = measured_options(ground, "analytics"),
         recommendation = measured_options(ground, "recommendation");
    // One process's connections, for both; feedback comes more often than anything else.
    analytics.pool_size = std::max<std::size_t>(1, config.postgres.pool_size / 4);
    recommendation.pool_size = std::max<std::size_t>(1, config.postgres.pool_size - analytics.pool_size);
    return std::make_unique<PostgresAnalyticsStores>(std::move(analytics), std::move(recommendation));
  }
  return std::make_unique<SqliteAnalyticsStores>(file.open(), ground);
}

}  // namespace

std::unique_ptr<UserStores> open_user_stores(Ground& ground) {
  const auto& config = ground.config;
  if (on_postgres(config)) return std::make_unique<PostgresUserStores>(measured_options(ground, "user"));
  return std::make_unique<SqliteUserStores>(ground);
}

std::unique_ptr<ProductStores> open_product_stores(Ground& ground) {
  const auto& config = ground.config;
  if (on_postgres(config))
    return std::make_unique<PostgresProductStores>(with_replica(measured_options(ground, "product"), config));
  auto stores = std::make_unique<SqliteProductStores>(ground);
  stores->load();
  return stores;
}

std::unique_ptr<OrderStores> open_order_stores(Ground& ground, Access access) {
  const auto& config = ground.config;
  if (on_postgres(config))
    return std::make_unique<PostgresOrderStores>(with_replica(measured_options(ground, "order"), config));
  return std::make_unique<SqliteOrderStores>(
      ground.config.data_dir, ground.readers,
      access == Access::look ? sqlite::StoreOptions{.read_only = true} : sqlite_options(ground));
}

std::unique_ptr<FactStores> open_fact_stores(Ground& ground) {
  AnalyticsFile file(ground);
  return open_facts(ground, file);
}

AnalyticsServiceStores open_analytics_stores(Ground& ground) {
  AnalyticsFile file(ground);
  auto facts = open_facts(ground, file);
  return {std::move(facts), open_others(ground, file)};
}

namespace {

template <class Store, class Trail>
class AuditTrailOn final : public OpenAuditTrail {
 public:
  template <class... Args>
  explicit AuditTrailOn(std::string_view service, Args&&... args)
      : store_(std::forward<Args>(args)...), trail_(store_, service) {}
  audit::AuditTrail& trail() override { return trail_; }

 private:
  Store store_;
  Trail trail_;
};

}  // namespace

std::unique_ptr<OpenAuditTrail> open_audit_trail(Ground& ground, Service service, Access access) {
  const auto& config = ground.config;
  const std::string name{to_string(service)};
  if (on_postgres(config)) {
    auto options = postgres_options(config, name);
    options.pool_size = 1;
    return std::make_unique<AuditTrailOn<postgres::Store, postgres::PostgresAuditTrail>>(
        name, std::move(options), name);
  }
  if (!std::filesystem::exists(config.data_dir / (name + ".db"))) return nullptr;
  return std::make_unique<AuditTrailOn<sqlite::Store, sqlite::SqliteAuditTrail>>(
      name, config.data_dir, name, ground.readers, sqlite::StoreOptions{.read_only = access == Access::look});
}

namespace {

std::unique_ptr<Cache> open_redis_cache(Ground& ground) {
  const auto& config = ground.config.cache;
  auto cache = std::make_unique<RedisCache>(
      RedisCacheOptions{.address = *config.redis,
                        .ca_file = config.redis_ca_file,
                        .prefix = config.key_prefix,
                        .settling = ground.config.http.request_timeout + settling_margin});
  ground.metrics.gauge("cloudcart_cache_up", "Whether the cache in Redis is used now.",
                       {{"cache", "catalogue"}}, [&cache = *cache] { return cache.is_up() ? 1.0 : 0.0; });
  return cache;
}

std::unique_ptr<Cache> open_memory_cache(Ground& ground) {
  const auto most = ground.config.cache.max_bytes;
  auto cache = std::make_unique<MemoryCache>(ground.clock, MemoryCacheOptions{.max_bytes = most});
  const Metrics::Labels labels{{"cache", "catalogue"}};
  ground.metrics.gauge("cloudcart_cache_bytes", "What a cache in this process holds.", labels,
                       [&cache = *cache] { return static_cast<double>(cache.size_bytes()); });
  ground.metrics.gauge("cloudcart_cache_limit_bytes", "What a cache in this process may hold.", labels,
                       [most] { return static_cast<double>(most); });
  return cache;
}

}  // namespace

std::unique_ptr<Cache> open_cache(Ground& ground) {
  auto cache = ground.config.cache.redis ? open_redis_cache(ground) : open_memory_cache(ground);
  return std::make_unique<MeasuredCache>(std::move(cache), ground.metrics, "catalogue");
}

}  // namespace cloudcart::app
