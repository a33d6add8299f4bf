#pragma once

#include <string>
#include <vector>

#include "app/config/config.h"
#include "core/clock.h"

namespace cloudcart::app {

struct MigratedStore {
  std::string service;
  std::string place;  ///< "PostgreSQL, schema shop_user"
  int version;        ///< of the newest migration
};

/// Makes what the services of the configuration keep on PostgreSQL and ClickHouse, or brings it up to date, as their own start
/// does; several may do so at a time. Servers that do not answer yet are waited for until `deadline`. Files are left alone. Throws
/// std::runtime_error with a sentence for the operator.
std::vector<MigratedStore> migrate_stores(const Config& config, MonotonicTime deadline);

}  // namespace cloudcart::app
