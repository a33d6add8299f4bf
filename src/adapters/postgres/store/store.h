#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "adapters/migrations/migrations.h"
#include "adapters/postgres/store/session.h"
#include "core/result.h"
#include "runtime/executor.h"
#include "runtime/metrics.h"

namespace cloudcart::postgres {

using migrations::Migration;

/// The migrations of migrations/postgres/<store>/, in order, built into the program.
std::span<const Migration> migrations_of(std::string_view store);

struct StoreOptions {
  /// libpq's: postgresql://user@host:port/database?... or key=value pairs.
  std::string url;
  /// The schema that holds the store's tables; made when it is not there. Letters, digits and underscores.
  std::string schema;
  std::size_t pool_size = 20;  ///< connections
  std::size_t waiting_bound =
      10'000;  ///< transactions that wait for a connection; more are refused as overloaded
  milliseconds connect_timeout{1'000};
  /// How long a hurried transaction waits for the server before the caller is told that it does not answer.
  milliseconds patience{1'800};
  std::string replica_url = {};   ///< of a hot standby of that server; empty: there is none
  milliseconds replica_wait{50};  ///< how long a read waits for the standby to be as far as the server
  Metrics* metrics = nullptr;     ///< where it reports to; must outlive it. Null: nowhere
};

/// As pg_stat_activity shows the connections of the store `name` in a schema.
std::string application_name(const std::string& name, const std::string& schema);

enum class Isolation : std::uint8_t { read_committed, repeatable_read, serializable };

/// What a transaction asks for.
struct Terms {
  Isolation isolation = Isolation::read_committed;
  /// The server may take until the deadline: for commands and sums over everything.
  bool unhurried = false;
  /// A read that is heavy enough for the replica's sake: it costs a round trip to each server before, and answers
  /// the same. Where there is no replica, or it cannot answer, the server does.
  bool from_replica = false;
};

/// A schema of a PostgreSQL database, asked through a pool of connections in pipeline mode on one thread.
///
/// Transactions that fail by a serialization failure or a deadlock are run again, with a growing pause, until the
/// deadline. A server that is gone, hung or shutting down is `unavailable`; statements that take too long are
/// `deadline_exceeded`; a COMMIT without an answer is `outcome_unknown`. Broken connections are replaced when they are
/// next needed.
class Store {
 public:
  /// Connects, refuses a server that would lose commits (fsync, full_page_writes or synchronous_commit off) or is older than
  /// version 14, and applies the migrations of `name`, under a lock, so that several instances may start together. Throws std::runtime_error
  /// with a sentence for the operator.
  Store(StoreOptions options, std::string name);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Runs `body` (Session& → Task<Result<T>>) in a transaction, on the store's thread, and answers after its COMMIT. An error
  /// result or an exception undoes it. It may be run again, so it must not consume what it captured. `body` lives until
  /// the answer: a coroutine lambda may refer to its captures.
  template <class F, class R = typename std::invoke_result_t<const F&, Session&>::value_type>
  Task<R> write(MonotonicTime deadline, F body, Terms terms = {}) {
    return transact<F, R>(deadline, std::move(body), terms, Frame::transaction);
  }
  /// The same, read only; of one consistent state when that matters: Terms{.isolation = Isolation::repeatable_read}.
  template <class F, class R = typename std::invoke_result_t<const F&, Session&>::value_type>
  Task<R> read(MonotonicTime deadline, F body, Terms terms = {}) {
    return transact<F, R>(deadline, std::move(body), terms, Frame::read_only_transaction);
  }
  /// One reading statement without a transaction around it, unless the terms need one. Nothing keeps it from writing: that
  /// it reads is the caller's word, and it may be run again.
  Task<Result<Rows>> ask(MonotonicTime deadline, Query query, Terms terms = {});

  /// Whether the server answered when it was last asked, which is a second ago at most.
  bool is_reachable() const;
  /// Whether the replica is of use, as far as is known; nullopt when there is none.
  std::optional<bool> replica_is_well() const;

  /// For what repositories in this store do: the sizes of batches that are written together.
  Metrics::Histogram& batch_sizes(const std::string& of);

 private:
  struct Impl;
  /// What is around the statements.
  enum class Frame : std::uint8_t { transaction, read_only_transaction, none };
  /// One attempt after the other until one ends the matter. Answers the error that did; success is when `attempt` has
  /// returned true and the commit was answered.
  Task<Status> run(MonotonicTime deadline, std::function<Task<bool>(Session&)> attempt, Terms terms,
                   Frame frame);

  template <class F, class R>
  Task<R> transact(MonotonicTime deadline, F body, Terms terms, Frame frame) {
    std::optional<R> result;
    const auto attempt = [&](Session& session) -> Task<bool> {
      result.emplace(co_await body(session));
      co_return result->has_value();
    };
    auto ended = co_await run(deadline, std::cref(attempt), terms, frame);
    if (!ended) co_return std::unexpected(std::move(ended.error()));
    co_return *std::move(result);
  }

  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::postgres
