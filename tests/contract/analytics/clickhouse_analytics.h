#pragma once

#include "adapters/clickhouse/analytics/clickhouse_analytics_store.h"
#include "support/clickhouse_database.h"
#include "support/engines.h"

namespace cloudcart::analytics {

/// The versions of ClickHouse that there are for tests.
struct NewClickHouse {
  static std::string url() { return test::chdb_url(); }
};
struct OldClickHouse {
  static std::string url() { return test::clickhouse_url(); }
};

inline ClickHouseAnalyticsStore::Options pounds() {
  return {.currency = Currency::parse("GBP").value()};
}

/// A new and empty store for one test.
template <class Version>
struct ClickHouseAnalytics {
  test::ClickHouseDatabase database{Version::url()};
  ClickHouseAnalyticsStore store{database.store(), pounds()};
};

}  // namespace cloudcart::analytics
