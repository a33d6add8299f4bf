#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/id.h"
#include "core/money.h"
#include "core/timestamp.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cloudcart::sqlite {

/// What SQLite refused. Thrown, because inside a transaction only the store can answer it: by rolling back.
class Failure : public std::runtime_error {
 public:
  Failure(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  int code() const { return code_; }  ///< the extended result code
  /// A UNIQUE or PRIMARY KEY rule was broken.
  bool is_unique_violation() const;
  /// The file's content is not what was written to it.
  bool is_damage() const;

 private:
  int code_;
};

/// A prepared statement on loan from its connection's cache; given back, reset, at the end of its scope.
/// Parameters count from 1 in order of bind() calls; columns from 0.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement(Statement&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), next_(other.next_) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(std::int64_t value);
  Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(bool value) { return bind(static_cast<std::int64_t>(value)); }
  Statement& bind(double value);
  /// Text is not copied: it must live until the statement ends.
  Statement& bind(std::string_view text);
  Statement& bind(const std::string& text) { return bind(std::string_view{text}); }
  Statement& bind(std::string&&) = delete;
  Statement& bind(const char* text) { return bind(std::string_view{text}); }
  Statement& bind_blob(std::string_view bytes);
  Statement& bind(const Uuid& id) { return bind_blob(id.as_bytes()); }
  Statement& bind(Uuid&&) = delete;
  template <class Tag>
  Statement& bind(const Id<Tag>& id) {
    return bind(id.value);
  }
  Statement& bind(Money amount) { return bind(amount.minor_units()); }
  Statement& bind(Timestamp time) { return bind(to_unix_ms(time)); }
  Statement& bind_null();
  template <class T>
  Statement& bind(const std::optional<T>& maybe) {
    return maybe ? bind(*maybe) : bind_null();
  }
  template <class... Ts>
  Statement& bind_all(const Ts&... values) {
    (bind(values), ...);
    return *this;
  }

  /// True while there is a row. Throws Failure.
  bool step();
  /// For statements without rows.
  void run() {
    while (step()) {
    }
  }
  /// Ready to be bound and stepped again.
  void reset();

  std::int64_t integer(int column) const;
  double real(int column) const;
  bool boolean(int column) const { return integer(column) != 0; }
  /// Valid until the next step or reset.
  std::string_view text(int column) const;
  std::string string(int column) const { return std::string{text(column)}; }
  bool is_null(int column) const;
  std::optional<std::string> optional_string(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  /// Throws Failure when the value is no id.
  template <class IdType>
  IdType id(int column) const {
    if (const auto id = IdType::from_bytes(text(column))) return *id;
    throw_damaged(column);
  }
  Money money(int column) const { return Money{integer(column)}; }
  Timestamp timestamp(int column) const { return from_unix_ms(integer(column)); }

 private:
  [[noreturn]] void throw_failure(int code) const;
  /// The value is not what this program wrote there.
  [[noreturn]] void throw_damaged(int column) const;

  sqlite3_stmt* statement_;
  int next_ = 1;
};

/// One SQLite connection; used by one thread at a time.
class Connection {
 public:
  enum class Mode { writer, reader, copy };
  /// The writer creates the file, in WAL mode with synchronous=FULL; it checkpoints when told to and on close. A reader is query-only and never
  /// checkpoints, not even on close: with SQLite before 3.51.3 two connections that reset the WAL at once may
  /// corrupt it. A copy is a file of one's own that becomes what another connection sees.
  Connection(const std::string& path, Mode mode);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// A cached statement for `sql`. The same sql must not be on loan twice at once.
  Statement prepare(std::string_view sql);
  /// Runs one or more statements that answer nothing.
  void execute(const std::string& sql);
  /// Lets SQL call uuid_bytes(text), the sixteen bytes of a UUID, and uuid_text(bytes), both NULL for what is
  /// none. SQLite has nothing of the kind; migrations need it.
  void define_uuid_functions();
  std::int64_t changes() const;  ///< rows changed by the last statement
  /// Rows changed since the connection was opened; those that were rolled back count too.
  std::int64_t total_changes() const;
  std::int64_t last_insert_rowid() const;
  bool in_transaction() const;

  /// The writer's alone. Pages in the log after the last commit.
  int log_pages() const { return log_pages_; }
  /// Moves the log into the main file, as far as no reader is in the way. Throws Failure when the disk fails, which
  /// SQLite's own checkpoints keep to themselves.
  void checkpoint();
  /// Moves the whole log and cuts its file to nothing, so that it holds no earlier state of a row. False when a reader
  /// is in the way. Throws as checkpoint() does.
  bool clear_log();
  /// From now on closing leaves the log as it is.
  void keep_log_on_close();

  /// Changes with every commit of another connection; outside of a transaction, where this connection looks anew.
  std::int64_t data_version();
  /// Copies all pages, as this connection sees them, into `file`, which must be there and empty, a few megabytes at a time.
  /// Within a read transaction they are of its moment, whatever is written meanwhile. `go_on(done, total)` is asked between
  /// the pieces; false when it said no. The file loses its name once it is open: who has its descriptor has the copy, and
  /// nothing is left of one that was broken off. Throws Failure.
  bool copy_to(const std::string& file, const std::function<bool(std::int64_t, std::int64_t)>& go_on);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  void set_up(Mode mode);

  sqlite3* db_ = nullptr;
  int log_pages_ = 0;
  std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> statements_;
};

}  // namespace cloudcart::sqlite
