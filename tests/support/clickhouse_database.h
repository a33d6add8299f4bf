#pragma once

#include <memory>
#include <string>

#include "adapters/clickhouse/store/store.h"

namespace cloudcart::test {

/// A database of its own name on a server for tests, with the tables of analytics. The destructor drops it with everything in it,
/// so further stores on it must be gone by then.
class ClickHouseDatabase {
 public:
  explicit ClickHouseDatabase(std::string url);
  ~ClickHouseDatabase();
  ClickHouseDatabase(const ClickHouseDatabase&) = delete;
  ClickHouseDatabase& operator=(const ClickHouseDatabase&) = delete;

  clickhouse::StoreOptions options() const { return options_; }
  clickhouse::Store& store() { return *store_; }

 private:
  clickhouse::StoreOptions options_;
  std::unique_ptr<clickhouse::Store> store_;
};

/// A name that no other test uses.
std::string unused_database_name();

}  // namespace cloudcart::test
