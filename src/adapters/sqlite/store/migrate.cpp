#include "adapters/sqlite/store/migrate.h"

#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/sha.h>

#include "core/text.h"

namespace cloudcart::sqlite {
namespace {

std::string checksum(std::string_view sql) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(sql.data()), sql.size(), digest);
  return hex_encode({reinterpret_cast<const char*>(digest), sizeof digest});
}

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

void apply(Connection& connection, const Migration& migration) {
  connection.execute("BEGIN IMMEDIATE");
  try {
    connection.execute(std::string{migration.sql});
    const std::string sum = checksum(migration.sql);
    connection.prepare("INSERT INTO schema_migrations(version, name, checksum) VALUES(?, ?, ?)")
        .bind_all(migration.version, migration.name, sum)
        .run();
    connection.execute("COMMIT");
  } catch (...) {
    if (connection.in_transaction()) connection.execute("ROLLBACK");
    throw;
  }
}

}  // namespace

void migrate(Connection& connection, const std::filesystem::path& path,
             std::span<const Migration> migrations) {
  connection.define_uuid_functions();
  const auto applied = applied_versions(connection);
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (!applied.empty() && applied.rbegin()->first > newest) {
    throw std::runtime_error(fmt::format(
        "{} was written by a newer CloudCart (schema {}, this one knows {}). Start the newer version.",
        path.string(), applied.rbegin()->first, newest));
  }
  for (const auto& migration : migrations) {
    const auto found = applied.find(migration.version);
    if (found == applied.end()) {
      apply(connection, migration);
    } else if (found->second != checksum(migration.sql)) {
      throw std::runtime_error(fmt::format(
          "Migration {} ({}) of {} was edited after it had been applied; add a new migration instead.",
          migration.version, migration.name, path.string()));
    }
  }
}

}  // namespace cloudcart::sqlite
