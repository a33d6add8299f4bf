#include <cstdio>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/platform/migrate_stores.h"

namespace cloudcart::app {

int migrate(const Config& config, const MigrateCommand& options) {
  const auto done = migrate_stores(config, SystemClock{}.monotonic_now() + options.timeout);
  if (done.empty()) {
    fmt::print(stderr,
               "cloudcart: nothing to migrate: neither postgres.url nor clickhouse.url is set for these "
               "services. Files of a data folder are brought up to date when they are opened.\n");
    return exit_unusable;
  }
  for (const auto& store : done)
    fmt::print("{:<10} {} is up to date, at version {}\n", store.service, store.place, store.version);
  return exit_ok;
}

}  // namespace cloudcart::app
