#include "adapters/postgres/store/migrate.h"

#include <map>
#include <memory>
#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <openssl/sha.h>

#include "core/text.h"

namespace cloudcart::postgres {
namespace {

constexpr int oldest_server = 140'000;
/// Of all schemas of a database: they are prepared one after the other.
constexpr const char* lock_number = "7381046120539";

std::string checksum(std::string_view sql) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(sql.data()), sql.size(), digest);
  return hex_encode({reinterpret_cast<const char*>(digest), sizeof digest});
}

/// libpq's blocking side, which is enough before anything is served.
class Link {
 public:
  Link(const std::string& url, const std::string& where) : where_(where) {
    const char* keywords[] = {"dbname", "fallback_application_name", "connect_timeout", "client_encoding",
                              nullptr};
    const char* values[] = {url.c_str(), "cloudcart", "10", "UTF8", nullptr};
    connection_.reset(PQconnectdbParams(keywords, values, 1));
    if (!connection_ || PQstatus(connection_.get()) != CONNECTION_OK)
      throw std::runtime_error(
          fmt::format("PostgreSQL of {} cannot be reached: {}Check its address, and that it runs.", where_,
                      PQerrorMessage(connection_.get())));
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  }
  int version() const { return PQserverVersion(connection_.get()); }
  /// One or more statements; answers the rows of the last one, as text.
  std::vector<std::vector<std::string>> run(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()),
                                                               PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
      throw std::runtime_error(
          fmt::format("PostgreSQL of {}: {}", where_, PQerrorMessage(connection_.get())));
    std::vector<std::vector<std::string>> rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (std::size_t row = 0; row < rows.size(); ++row)
      for (int column = 0; column < PQnfields(result.get()); ++column)
        rows[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
    return rows;
  }
  std::string value(const std::string& sql) { return run(sql).at(0).at(0); }
  std::string literal(const std::string& text) {
    const std::unique_ptr<char, decltype(&PQfreemem)> quoted(
        PQescapeLiteral(connection_.get(), text.data(), text.size()), PQfreemem);
    return quoted.get();
  }

 private:
  std::string where_;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_{nullptr, PQfinish};
};

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

void check_name(const std::string& schema) {
  constexpr std::size_t longest = 63;  // PostgreSQL cuts longer names
  const bool is_name =
      !schema.empty() && schema.size() <= longest &&
      schema.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos &&
      (schema[0] < '0' || schema[0] > '9');
  if (!is_name)
    throw std::runtime_error("The PostgreSQL schema '" + schema +
                             "' must be 1 to 63 of a-z, 0-9 and _, and begin with a letter.");
}

void apply(Link& link, std::span<const Migration> migrations, const std::string& where) {
  std::map<int, std::string> applied;
  for (const auto& row : link.run("SELECT version, checksum FROM schema_migration"))
    applied.emplace(std::stoi(row[0]), row[1]);
  const int newest = migrations.empty() ? 0 : migrations.back().version;
  if (!applied.empty() && applied.rbegin()->first > newest)
    throw std::runtime_error(fmt::format(
        "{} was written by a newer CloudCart (schema {}, this one knows {}). Start the newer version.", where,
        applied.rbegin()->first, newest));
  for (const auto& migration : migrations) {
    const auto sum = checksum(migration.sql);
    const auto found = applied.find(migration.version);
    if (found == applied.end()) {
      link.run(fmt::format(
          "BEGIN;\n{}\n;INSERT INTO schema_migration(version, name, checksum) VALUES({}, {}, '{}');COMMIT",
          migration.sql, migration.version, link.literal(std::string{migration.name}), sum));
    } else if (found->second != sum) {
      throw std::runtime_error(fmt::format(
          "Migration {} ({}) of {} was edited after it had been applied; add a new migration instead.",
          migration.version, migration.name, where));
    }
  }
}

}  // namespace

void prepare_schema(const StoreOptions& options, const std::string& store,
                    std::span<const Migration> migrations) {
  check_name(options.schema);
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
  apply(link, migrations, where);
}

}  // namespace cloudcart::postgres
