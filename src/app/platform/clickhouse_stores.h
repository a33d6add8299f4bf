#pragma once

#include "adapters/clickhouse/analytics/clickhouse_analytics_store.h"
#include "adapters/clickhouse/store/store.h"
#include "app/platform/stores.h"

namespace cloudcart::app {

/// Of the database that the configuration names. Without metrics nothing is counted.
inline clickhouse::StoreOptions clickhouse_options(const Config& config, Metrics* metrics = nullptr) {
  return {.url = config.clickhouse.url, .database = config.clickhouse.database, .metrics = metrics};
}

class ClickHouseFactStores final : public FactStores {
 public:
  explicit ClickHouseFactStores(Ground& ground)
      : store_(clickhouse_options(ground.config, &ground.metrics), "analytics"),
        facts_(store_, ground.readers,
               {.currency = ground.shop.currency,
                .days = ground.shop.time_zone,
                .memory_bytes = ground.config.clickhouse.memory_bytes}) {}
  analytics::AnalyticsStore& facts() override { return facts_; }
  analytics::SalesCube& cube() override { return facts_; }
  analytics::DeadLetters& letters() override { return facts_; }
  analytics::Rebuild& rebuild() override { return facts_; }
  std::size_t memory_bytes() const override { return facts_.memory_bytes(); }
  std::int64_t dead_letters() const override { return facts_.dead_letters_seen(); }
  bool writable() const override { return store_.is_reachable(); }

 private:
  clickhouse::Store store_;
  analytics::ClickHouseAnalyticsStore facts_;
};

}  // namespace cloudcart::app
