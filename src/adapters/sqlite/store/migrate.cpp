#include "adapters/sqlite/store/migrate.h"

#include <map>

namespace cloudcart::sqlite {
namespace {

std::map<int, std::string> applied_versions(Connection& connection) {
  connection.execute(
      "CREATE TABLE IF NOT EXISTS schema_migrations("
      "version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL "
      "DEFAULT CURRENT_TIMESTAMP)");
  std::map<int, std::string> applied;
  auto rows = connection.prepare("SELECT version, checksum FROM schema_migrations");
  while (rows.step()) applied.emplace(static_cast<int>(rows.integer(0)), rows.string(1));
  return applied;
}

void apply(Connection& connection, const Migration& migration, const std::string& checksum) {
  connection.execute("BEGIN IMMEDIATE");
  try {
    connection.execute(std::string{migration.sql});
    connection.prepare("INSERT INTO schema_migrations(version, name, checksum) VALUES(?, ?, ?)")
        .bind_all(migration.version, migration.name, checksum)
        .run();
    connection.execute("COMMIT");
  } catch (...) {
    if (connection.in_transaction()) connection.execute("ROLLBACK");
    throw;
  }
}

}  // namespace

void migrate(Connection& connection, const std::filesystem::path& path, std::span<const Migration> known) {
  connection.define_uuid_functions();
  for (const auto& [migration, checksum] :
       migrations::outstanding(known, applied_versions(connection), path.string()))
    apply(connection, migration, checksum);
}

}  // namespace cloudcart::sqlite
