#include "support/clickhouse_database.h"

#include <atomic>
#include <iostream>
#include <random>

#include <fmt/format.h>
#include <unistd.h>

#include "runtime/executor.h"

namespace cloudcart::test {

/// The random part tells apart programs that had the same process id, on one server that both have used.
std::string unused_database_name() {
  static std::atomic<int> counter = 0;
  return fmt::format("test_{}_{}_{:08x}", getpid(), ++counter, std::random_device{}());
}

ClickHouseDatabase::ClickHouseDatabase(std::string url)
    : options_{.url = std::move(url), .database = unused_database_name()},
      store_(std::make_unique<clickhouse::Store>(options_, "analytics")) {}

ClickHouseDatabase::~ClickHouseDatabase() {
  const auto dropped = sync_wait(store_->run("DROP DATABASE " + options_.database, Deadline::max()));
  if (!dropped)
    std::cerr << "The database " << options_.database << " stays behind: " << dropped.error().message << '\n';
}

}  // namespace cloudcart::test
