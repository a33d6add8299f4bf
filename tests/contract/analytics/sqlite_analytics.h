#pragma once

#include "adapters/sqlite/analytics/sqlite_analytics_store.h"
#include "support/temp_folder.h"

namespace cloudcart::analytics {

/// A store on a file of its own that rolls up London's days.
struct SqliteAnalytics {
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 1, 100};
  std::unique_ptr<sqlite::Store> file = std::make_unique<sqlite::Store>(folder.path(), "analytics", readers);
  SqliteAnalyticsStore store{
      *file, readers, {TimeZone::load("Europe/London").value(), Currency::parse("GBP").value()}};
};

}  // namespace cloudcart::analytics
