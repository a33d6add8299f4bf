#include "adapters/clickhouse/store/migrate.h"

#include <map>

#include <fmt/format.h>

#include "adapters/clickhouse/store/sql.h"
#include "core/text.h"

namespace cloudcart::clickhouse {
namespace {

constexpr int attempts = 5;
constexpr milliseconds pause{50};

std::string without_comments(std::string_view sql) {
  std::string rest;
  for (const auto line : split(sql, '\n')) {
    rest += line.substr(0, line.find("--"));
    rest += '\n';
  }
  return rest;
}

/// Two instances that make the same table at once: on some servers the second one fails, and finds it there a moment later.
Task<Status> run_patiently(Store& store, std::string sql, Deadline deadline) {
  for (int attempt = 1;; ++attempt) {
    auto done = co_await store.run(sql, deadline);
    if (done || done.error().code != ErrorCode::internal || attempt == attempts) co_return done;
    co_await sleep_until(Executor::current()->now() + pause * attempt);
  }
}

Task<Status> apply(Store& store, Migration migration, std::string checksum, Deadline deadline) {
  const auto sql = without_comments(migration.sql);
  for (const auto statement : split(sql, ';')) {
    if (trim(statement).empty()) continue;
    CLOUDCART_CO_CHECK(co_await run_patiently(store, std::string{statement}, deadline));
  }
  co_return co_await store.run(
      fmt::format("INSERT INTO schema_migration(version, name, checksum) VALUES ({}, {}, {})",
                  migration.version, literal(migration.name), literal(checksum)),
      deadline);
}

}  // namespace

Task<Status> migrate(Store& store, std::span<const Migration> known, std::string place, Deadline deadline) {
  CLOUDCART_CO_CHECK(co_await run_patiently(
      store,
      "CREATE TABLE IF NOT EXISTS schema_migration (version Int32, name String, checksum String)"
      " ENGINE = MergeTree ORDER BY version",
      deadline));
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store.ask("SELECT version, checksum FROM schema_migration", deadline));
  std::map<int, std::string> applied;
  for (std::size_t i = 0; i < rows.size(); ++i)
    applied.emplace(static_cast<int>(rows.row(i).integer(0)), rows.row(i).text(1));
  for (auto& [migration, checksum] : migrations::outstanding(known, applied, place))
    CLOUDCART_CO_CHECK(co_await apply(store, migration, std::move(checksum), deadline));
  co_return Status{};
}

}  // namespace cloudcart::clickhouse
