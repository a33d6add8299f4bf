#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "adapters/clickhouse/store/answer.h"
#include "adapters/migrations/migrations.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/executor.h"

namespace cloudcart {
class Metrics;
}

namespace cloudcart::clickhouse {

using migrations::Migration;

/// The migrations of migrations/clickhouse/<store>/, in order, built into the program.
std::span<const Migration> migrations_of(std::string_view store);

struct StoreOptions {
  std::string url;              ///< http://[user:password@]host:port
  std::string database;         ///< made when it is not there. Letters, digits and underscores.
  std::size_t at_once = 8;      ///< statements under way
  std::size_t waiting = 1'000;  ///< statements that wait; more are refused as overloaded
  milliseconds connect_timeout{1'000};
  seconds patience{30};  ///< the longest that a statement may take, whatever its deadline
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;  ///< of the server, for one statement
  std::uint64_t answer_rows = 2'000'000;                ///< at most; more is refused
  Metrics* metrics = nullptr;  ///< where it reports to; must outlive it. Null: nowhere
};

/// A database on a ClickHouse server, asked over HTTP from one thread of its own.
///
/// Every statement must be one that may be run twice: one whose connection was lost before the answer came is sent once
/// more. Errors: unavailable for a server that is gone, does not answer as it should or refuses the password;
/// deadline_exceeded; overloaded; internal for a statement that the server does not accept; of insert() and run() also
/// outcome_unknown.
class Store {
 public:
  /// Makes the database and applies the migrations of `name`, in such a way that several instances may start together. A server
  /// that does not answer is asked again each second, and this is done once it does; until then all else is unavailable. So it
  /// is when the server has lost the database. Throws std::runtime_error with a sentence for the operator for a server that
  /// answers and cannot be used, and for options that cannot be.
  Store(StoreOptions options, std::string name);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// A SELECT, without a FORMAT.
  Task<Result<Answer>> ask(std::string sql, Deadline deadline);
  /// The same, answered as the rows of RowReader.
  Task<Result<std::string>> ask_rows(std::string sql, Deadline deadline);
  /// A statement that answers nothing.
  Task<Status> run(std::string sql, Deadline deadline);
  /// Rows of RowWriter for all columns of `table`, stored together or not at all.
  Task<Status> insert(std::string table, std::string rows, Deadline deadline);

  /// Of the store's thread.
  Executor& executor();

  /// Whether the server answered when it was last asked, which is a second ago at most, and has the tables.
  bool is_reachable() const;

  /// Runs `body` (→ Task<T>) on the store's thread, so that what is made of many rows keeps no other waiting. `body` lives until
  /// the answer: a coroutine lambda may refer to its captures.
  template <class F, class T = typename std::invoke_result_t<const F&>::value_type>
  Task<T> on_own_thread(F body) {
    auto* const home = Executor::current();
    std::exception_ptr failure;
    std::optional<T> result;
    co_await resume_on(executor());
    try {
      result.emplace(co_await body());
    } catch (...) {
      failure = std::current_exception();
    }
    co_await resume_on(*home);
    if (failure) std::rethrow_exception(failure);
    co_return *std::move(result);
  }

 private:
  struct Impl;

  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::clickhouse
