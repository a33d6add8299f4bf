#include "adapters/sqlite/store/connection.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

namespace cloudcart::sqlite {
namespace {

constexpr int busy_timeout_ms = 5000;
/// Everybody's writes wait as long.
constexpr int clear_log_patience_ms = 100;
constexpr int pages_per_step = 1024;

}  // namespace

bool Failure::is_unique_violation() const {
  return code_ == SQLITE_CONSTRAINT_UNIQUE || code_ == SQLITE_CONSTRAINT_PRIMARYKEY;
}

bool Failure::is_damage() const {
  const int primary = code_ & 0xFF;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

Statement::~Statement() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::throw_failure(int code) const {
  sqlite3* db = sqlite3_db_handle(statement_);
  throw Failure(sqlite3_extended_errcode(db),
                fmt::format("{} ({}) in: {}", sqlite3_errmsg(db), code, sqlite3_sql(statement_)));
}

void Statement::throw_damaged(int column) const {
  throw Failure(SQLITE_CORRUPT, fmt::format("column {} holds what was never written in: {}", column,
                                            sqlite3_sql(statement_)));
}

Statement& Statement::bind(std::int64_t value) {
  if (const int code = sqlite3_bind_int64(statement_, next_++, value)) throw_failure(code);
  return *this;
}

Statement& Statement::bind(double value) {
  if (const int code = sqlite3_bind_double(statement_, next_++, value)) throw_failure(code);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  const char* data = text.data() ? text.data() : "";
  if (const int code =
          sqlite3_bind_text64(statement_, next_++, data, text.size(), SQLITE_STATIC, SQLITE_UTF8))
    throw_failure(code);
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  const char* data = bytes.data() ? bytes.data() : "";
  if (const int code = sqlite3_bind_blob64(statement_, next_++, data, bytes.size(), SQLITE_STATIC))
    throw_failure(code);
  return *this;
}

Statement& Statement::bind_null() {
  if (const int code = sqlite3_bind_null(statement_, next_++)) throw_failure(code);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) throw_failure(code);
  return false;
}

void Statement::reset() {
  sqlite3_reset(statement_);
  next_ = 1;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string_view Statement::text(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::string> Statement::optional_string(int column) const {
  if (is_null(column)) return std::nullopt;
  return string(column);
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

namespace {

/// SQLite counts its memory under one lock for all threads unless it is told not to, before its first use.
void configure_once() {
  static const bool configured = [] { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK; }();
  static_cast<void>(configured);
}

void uuid_bytes(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  const auto id = text ? Uuid::parse(text) : std::nullopt;
  if (!id) {
    sqlite3_result_null(context);
    return;
  }
  const auto bytes = id->as_bytes();
  sqlite3_result_blob(context, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

void uuid_text(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  const auto id = bytes ? Uuid::from_bytes({bytes, size}) : std::nullopt;
  if (!id) {
    sqlite3_result_null(context);
    return;
  }
  const auto text = id->to_string();
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

}  // namespace

Connection::Connection(const std::string& path, Mode mode) {
  configure_once();
  const int flags =
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (mode == Mode::writer ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
    const Failure failure(sqlite3_extended_errcode(db_),
                          fmt::format("cannot open {}: {}", path, sqlite3_errmsg(db_)));
    sqlite3_close(db_);
    throw failure;
  }
  try {
    set_up(mode);
  } catch (...) {
    sqlite3_close(db_);
    throw;
  }
}

void Connection::set_up(Mode mode) {
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, busy_timeout_ms);
  if (mode == Mode::writer) {
    execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;"
        "PRAGMA cache_size=-32768;"
        // What is deleted is overwritten: a person who is erased must not stay in free space.
        "PRAGMA secure_delete=ON;");
    const auto note = [](void* pages, sqlite3*, const char*, int count) {
      *static_cast<int*>(pages) = count;
      return SQLITE_OK;
    };
    // In the place of SQLite's own checkpoints.
    sqlite3_wal_hook(db_, note, &log_pages_);
  } else if (mode == Mode::copy) {
    execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-4096;");
  } else {
    keep_log_on_close();
    execute(
        "PRAGMA query_only=ON; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA "
        "cache_size=-16384;");
  }
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

Statement Connection::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return Statement{found->second};
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK)
    throw Failure(sqlite3_extended_errcode(db_), fmt::format("{} in: {}", sqlite3_errmsg(db_), sql));
  statements_.emplace(sql, statement);
  return Statement{statement};
}

void Connection::execute(const std::string& sql) {
  char* message = nullptr;
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
  const Failure failure(sqlite3_extended_errcode(db_),
                        fmt::format("{} in: {}", message ? message : "failure", sql));
  sqlite3_free(message);
  throw failure;
}

void Connection::define_uuid_functions() {
  const auto define = [this](const char* name, void (*function)(sqlite3_context*, int, sqlite3_value**)) {
    if (const int code = sqlite3_create_function_v2(db_, name, 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr,
                                                    function, nullptr, nullptr, nullptr))
      throw Failure(code, fmt::format("cannot define {}: {}", name, sqlite3_errmsg(db_)));
  };
  define("uuid_bytes", uuid_bytes);
  define("uuid_text", uuid_text);
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(db_);
}
std::int64_t Connection::total_changes() const {
  return sqlite3_total_changes64(db_);
}
std::int64_t Connection::last_insert_rowid() const {
  return sqlite3_last_insert_rowid(db_);
}
void Connection::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  const int primary = code & 0xFF;
  if (primary != SQLITE_OK && primary != SQLITE_BUSY && primary != SQLITE_LOCKED)
    throw Failure(sqlite3_extended_errcode(db_), fmt::format("{} in a checkpoint", sqlite3_errmsg(db_)));
}

bool Connection::clear_log() {
  sqlite3_busy_timeout(db_, clear_log_patience_ms);
  const int code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(db_, busy_timeout_ms);
  const int primary = code & 0xFF;
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) return false;
  if (primary != SQLITE_OK)
    throw Failure(sqlite3_extended_errcode(db_), fmt::format("{} in a checkpoint", sqlite3_errmsg(db_)));
  log_pages_ = 0;
  return true;
}

void Connection::keep_log_on_close() {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

std::int64_t Connection::data_version() {
  auto row = prepare("PRAGMA data_version");
  row.step();
  return row.integer(0);
}

bool Connection::copy_to(const std::string& file,
                         const std::function<bool(std::int64_t, std::int64_t)>& go_on) {
  // Without a journal and without fsync: whoever breaks off throws it away.
  Connection target(file, Mode::copy);
  if (::unlink(file.c_str()) != 0)
    throw Failure(SQLITE_IOERR, fmt::format("cannot unlink {}: {}", file, std::strerror(errno)));
  const std::unique_ptr<sqlite3_backup, int (*)(sqlite3_backup*)> work(
      sqlite3_backup_init(target.db_, "main", db_, "main"), sqlite3_backup_finish);
  int code = work ? SQLITE_OK : sqlite3_extended_errcode(target.db_);
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(work.get(), pages_per_step);
    const std::int64_t total = sqlite3_backup_pagecount(work.get());
    if (code == SQLITE_OK && !go_on(total - sqlite3_backup_remaining(work.get()), total)) return false;
  }
  if (code != SQLITE_DONE) throw Failure(code, fmt::format("{} while copying", sqlite3_errstr(code)));
  return true;
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}

}  // namespace cloudcart::sqlite
