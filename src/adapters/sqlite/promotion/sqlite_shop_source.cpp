#include "adapters/sqlite/promotion/sqlite_shop_source.h"

#include <stdexcept>

#include <fmt/format.h>

#include "adapters/sqlite/promotion/source_tables.h"
#include "adapters/sqlite/store/migrate.h"
#include "adapters/sqlite/store/store.h"
#include "core/sha256.h"

namespace cloudcart::promotion {
namespace {

using sqlite::Connection;
using sqlite::Failure;

/// Of all files of a data folder: who serves it has all of them, who runs one of its services has some.
constexpr std::array all_stores{"user", "product", "order", "analytics", "recommendation"};
/// Without one of these it is no shop; the others are made when their service first runs.
constexpr std::array needed_stores{"user", "product", "order"};

/// What no work of a shop leaves as it was, each with its store.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> marks{{
    {"user",
     "SELECT (SELECT count(*) || '/' || coalesce(min(hex(id)), '') || '/' || coalesce(max(updated_at), 0) || "
     "'/' ||"
     " coalesce(sum(updated_at % 1000003), 0) FROM user) || '/' ||"
     " (SELECT count(*) || '/' || coalesce(sum(token_number), 0) || '/' || coalesce(max(created_at), 0) FROM "
     "session)"
     " || '/' || (SELECT coalesce(sum(seq), 0) FROM sqlite_sequence)"},
    {"product",
     "SELECT (SELECT number FROM change_counter) || '/' || (SELECT position FROM followed_log) || '/' ||"
     " (SELECT coalesce(max(number), 0) FROM stock_movement) || '/' || (SELECT coalesce(min(hex(id)), '') "
     "FROM product)"
     " || '/' || (SELECT count(*) || '/' || coalesce(max(updated_at), 0) FROM reservation)"},
    {"order",
     "SELECT (SELECT coalesce(max(position), 0) || '/' || count(*) FROM outbox) || '/' ||"
     " coalesce((SELECT hex(event_id) FROM outbox ORDER BY position LIMIT 1), '') || '/' ||"
     " coalesce((SELECT hex(event_id) FROM outbox ORDER BY position DESC LIMIT 1), '') || '/' ||"
     " (SELECT count(*) || '/' || coalesce(max(expires_at), 0) FROM idempotency_key) || '/' ||"
     " (SELECT count(*) FROM closed_order)"},
    {"analytics",
     "SELECT (SELECT count(*) || '/' || coalesce(max(updated_at), 0) || '/' || coalesce(sum(changes), 0) "
     "FROM alert_rule)"
     " || '/' || (SELECT coalesce(max(number), 0) || '/' || coalesce(sum(attempts), 0) FROM alert_event)"},
    {"recommendation",
     "SELECT (SELECT count(*) || '/' || coalesce(sum(subjects + status), 0) FROM experiment) || '/' ||"
     " (SELECT coalesce(sum(impressions + orders + clicks), 0) FROM subject) || '/' ||"
     " (SELECT coalesce(sum(cases), 0) FROM quality) || '/' || (SELECT coalesce(max(position), 0) FROM "
     "progress)"},
}};

std::runtime_error unusable(const std::filesystem::path& file, std::string_view why) {
  return std::runtime_error(fmt::format("Cannot read the store {}: {}.", file.string(), why));
}

/// Only files of this version are understood, and a file that is only read cannot be brought up to it.
void check_version(Connection& connection, const std::filesystem::path& file, const std::string& store) {
  auto row = connection.prepare("SELECT coalesce(max(version), 0) FROM schema_migrations");
  row.step();
  const auto version = row.integer(0), known = std::int64_t{sqlite::migrations_of(store).back().version};
  if (version == known) return;
  throw std::runtime_error(
      fmt::format("{} was written by {} CloudCart (schema {}, this one knows {}). {}", file.string(),
                  version < known ? "an older" : "a newer", version, known,
                  version < known ? "Start and stop `cloudcart serve` on it once, which brings it up to date."
                                  : "Use the newer version."));
}

Error error_of(const Failure& failure) {
  return {ErrorCode::unavailable, fmt::format("The data folder cannot be read: {}.", failure.what()), {}};
}

void bind_key(sqlite::Statement& statement, const Batch& key) {
  for (const auto& value : key.columns) {
    if (value.type() < ValueType::text)
      statement.bind(value.number(0));
    else if (value.type() == ValueType::text)
      statement.bind(value.bytes(0));
    else
      statement.bind_blob(value.bytes(0));
  }
}

void take(const sqlite::Statement& row, Batch& batch) {
  for (std::size_t i = 0; i < batch.columns.size(); ++i) {
    auto& values = batch.columns[i];
    const int column = static_cast<int>(i);
    if (row.is_null(column))
      values.add_null();
    else if (values.type() >= ValueType::text)
      values.add(row.text(column));
    else if (values.type() == ValueType::real)
      values.add(row.real(column));
    else
      values.add(row.integer(column));
  }
}

class SqliteRowReader final : public RowReader {
 public:
  SqliteRowReader(Connection& connection, const Table& table, std::optional<Batch> after)
      : table_(table),
        after_(std::move(after)),
        rows_(connection.prepare(select_rows(table, after_.has_value()))) {
    if (after_) bind_key(rows_, *after_);
  }

  Task<Result<Batch>> next(std::size_t limit, Deadline) override {
    Batch batch(table_.columns);
    try {
      while (!ended_ && batch.size() < limit) {
        ended_ = !rows_.step();
        if (!ended_) take(rows_, batch);
      }
    } catch (const Failure& failure) {
      co_return fail(error_of(failure));
    }
    co_return batch;
  }

 private:
  const Table& table_;
  const std::optional<Batch> after_;  ///< what is bound is not copied
  sqlite::Statement rows_;
  bool ended_ = false;
};

}  // namespace

SqliteShopSource::SqliteShopSource(const std::filesystem::path& folder) {
  for (const std::string store : needed_stores)
    if (!std::filesystem::exists(folder / (store + ".db")))
      throw std::runtime_error(fmt::format(
          "There is no shop in {}: it has no {}.db. Name the data folder of one.", folder.string(), store));
  for (const std::string store : all_stores)
    locks_.push_back(std::make_unique<sqlite::FileLock>(folder / (store + ".lock")));
  for (const std::string store : all_stores) open(folder / (store + ".db"), store);
}

void SqliteShopSource::open(const std::filesystem::path& file, const std::string& store) {
  try {
    if (!std::filesystem::exists(file)) {
      auto& nothing = connections_.try_emplace(store, ":memory:", Connection::Mode::writer).first->second;
      return sqlite::migrate(nothing, file, sqlite::migrations_of(store));
    }
    auto& connection = connections_.try_emplace(store, file.string(), Connection::Mode::reader).first->second;
    check_version(connection, file, store);
    // Sorts of a big shop do not belong into memory.
    connection.execute("PRAGMA temp_store=FILE; BEGIN");
  } catch (const Failure& failure) {
    throw unusable(file, failure.what());
  }
}

Connection& SqliteShopSource::connection_of(const Table& table) {
  const auto found = connections_.find(table.store);
  if (found == connections_.end())
    throw std::logic_error(fmt::format("no file holds the table {}", table.name));
  return found->second;
}

Task<Result<std::string>> SqliteShopSource::fingerprint(Deadline) {
  std::string text;
  try {
    for (const auto& [store, sql] : marks) {
      auto row = connections_.find(store)->second.prepare(sql);
      row.step();
      text += row.text(0);
      text += '\n';
    }
  } catch (const Failure& failure) {
    co_return fail(error_of(failure));
  }
  co_return to_hex(sha256(text));
}

Task<Result<std::int64_t>> SqliteShopSource::count(const Table& table, Deadline) {
  try {
    auto row = connection_of(table).prepare(count_rows(table));
    row.step();
    co_return row.integer(0);
  } catch (const Failure& failure) {
    co_return fail(error_of(failure));
  }
}

std::unique_ptr<RowReader> SqliteShopSource::read(const Table& table, std::optional<Batch> after) {
  return std::make_unique<SqliteRowReader>(connection_of(table), table, std::move(after));
}

}  // namespace cloudcart::promotion
