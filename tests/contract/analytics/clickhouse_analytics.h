#pragma once

#include "adapters/clickhouse/analytics/clickhouse_analytics_store.h"
#include "support/clickhouse_database.h"
#include "support/engines.h"

namespace cloudcart::analytics {

/// Questions go to the server itself.
constexpr std::uint64_t no_memory = 0;

/// The versions of ClickHouse that there are for tests, and what answers: the server, or columns in memory.
struct NewClickHouse {
  static std::string url() { return test::chdb_url(); }
  static constexpr auto memory_bytes = no_memory;
};
struct OldClickHouse {
  static std::string url() { return test::clickhouse_url(); }
  static constexpr auto memory_bytes = no_memory;
};
struct ColumnsOfNewClickHouse : NewClickHouse {
  static constexpr std::uint64_t memory_bytes = 64 << 20;
};
struct ColumnsOfOldClickHouse : OldClickHouse {
  static constexpr std::uint64_t memory_bytes = 64 << 20;
};

/// Of a shop in London, in pounds.
inline ClickHouseAnalyticsStore::Options pounds(
    std::uint64_t memory_bytes = ColumnsOfNewClickHouse::memory_bytes) {
  return {.currency = Currency::parse("GBP").value(),
          .days = TimeZone::load("Europe/London").value(),
          .memory_bytes = memory_bytes};
}

/// A new and empty store for one test.
template <class Version>
struct ClickHouseAnalytics {
  test::ClickHouseDatabase database{Version::url()};
  OffloadPool readers{"test-reader", 1, 100};
  ClickHouseAnalyticsStore store{database.store(), readers, pounds(Version::memory_bytes)};
};

}  // namespace cloudcart::analytics
