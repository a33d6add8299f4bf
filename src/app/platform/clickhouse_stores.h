#pragma once

#include "adapters/clickhouse/analytics/clickhouse_analytics_store.h"
#include "adapters/clickhouse/store/store.h"
#include "app/platform/stores.h"

namespace cloudcart::app {

class ClickHouseFactStores final : public FactStores {
 public:
  ClickHouseFactStores(clickhouse::StoreOptions options, Currency currency)
      : store_(std::move(options), "analytics"), facts_(store_, {.currency = currency}) {}
  analytics::AnalyticsStore& facts() override { return facts_; }
  analytics::SalesCube& cube() override { return facts_; }
  analytics::DeadLetters& letters() override { return facts_; }
  analytics::Rebuild& rebuild() override { return facts_; }
  std::size_t memory_bytes() const override { return 0; }  // it answers from the server's
  std::int64_t dead_letters() const override { return facts_.dead_letters_seen(); }
  bool writable() const override { return store_.is_reachable(); }

 private:
  clickhouse::Store store_;
  analytics::ClickHouseAnalyticsStore facts_;
};

}  // namespace cloudcart::app
