#include "adapters/postgres/store/migrate.h"

#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "adapters/postgres/store/link.h"

namespace cloudcart::postgres {
namespace {

constexpr int oldest_server = 140'000;
/// Of all schemas of a database: they are prepared one after the other.
constexpr const char* lock_number = "7381046120539";

void refuse_unsafe(Link& link, const std::string& where) {
  if (link.version() < oldest_server)
    throw std::runtime_error(fmt::format("PostgreSQL of {} is version {}; CloudCart needs 14 or newer.",
                                         where, link.version() / 10'000));
  for (const char* setting : {"fsync", "full_page_writes", "synchronous_commit"}) {
    if (link.value(std::string{"SHOW "} + setting) == "off")
      throw std::runtime_error(fmt::format(
          "PostgreSQL of {} has {} = off, so that orders that were answered could be lost; set it to on.",
          where, setting));
  }
}

void apply(Link& link, std::span<const Migration> known, const std::string& where) {
  std::map<int, std::string> applied;
  for (const auto& row : link.run("SELECT version, checksum FROM schema_migration"))
    applied.emplace(std::stoi(row[0]), row[1]);
  for (const auto& [migration, checksum] : migrations::outstanding(known, applied, where))
    link.run(fmt::format(
        "BEGIN;\n{}\n;INSERT INTO schema_migration(version, name, checksum) VALUES({}, {}, '{}');COMMIT",
        migration.sql, migration.version, link.literal(std::string{migration.name}), checksum));
}

}  // namespace

void prepare_schema(const StoreOptions& options, const std::string& store, std::span<const Migration> known) {
  migrations::check_name("The PostgreSQL schema", options.schema);
  const auto where = fmt::format("the {} service (schema {})", store, options.schema);
  Link link(options.url, where);
  refuse_unsafe(link, where);
  // The lock goes with the connection.
  link.run(std::string{"SELECT pg_advisory_lock("} + lock_number + ")");
  // Not CREATE SCHEMA IF NOT EXISTS: that asks for the right to create one also where there is nothing to do.
  if (link.run("SELECT 1 FROM pg_namespace WHERE nspname = " + link.literal(options.schema)).empty())
    link.run("CREATE SCHEMA " + options.schema);
  link.run("SET search_path TO " + options.schema);
  if (link.value("SELECT to_regclass(" + link.literal(options.schema + ".schema_migration") + ") IS NULL") ==
      "t")
    link.run(
        "CREATE TABLE schema_migration(version integer PRIMARY KEY, name text NOT NULL, checksum text NOT "
        "NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())");
  apply(link, known, where);
}

}  // namespace cloudcart::postgres
