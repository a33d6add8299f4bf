#pragma once

#include <string>

#include "adapters/postgres/store/store.h"

namespace cloudcart::test {

/// A schema of its own name on the server for tests, for one store at a time or several that share it. The store makes
/// it; the destructor drops it with everything in it, so stores must be gone by then.
class PostgresSchema {
 public:
  PostgresSchema();
  ~PostgresSchema();
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;

  /// A small pool: many tests run side by side on one server.
  postgres::StoreOptions options() const { return {.url = url_, .schema = name_, .pool_size = 4}; }

 private:
  std::string url_;
  std::string name_;
};

}  // namespace cloudcart::test
