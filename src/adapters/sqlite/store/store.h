#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "adapters/migrations/migrations.h"
#include "adapters/sqlite/store/connection.h"
#include "core/result.h"
#include "runtime/executor.h"
#include "runtime/offload_pool.h"
#include "runtime/tracing.h"

namespace cloudcart {
class Metrics;
}

namespace cloudcart::sqlite {

using migrations::Migration;

/// The migrations of migrations/sqlite/<store>/, in order, built into the program.
std::span<const Migration> migrations_of(std::string_view store);

struct StoreOptions {
  std::size_t write_queue_bound = 20'000;  ///< jobs waiting; more are refused as overloaded
  std::size_t max_batch = 512;             ///< jobs in one transaction
  bool read_only =
      false;  ///< for looking at a file that another process may be writing: no lock, every write is refused
  Metrics* metrics = nullptr;  ///< where it reports to; must outlive it. Null: nowhere
};

/// One SQLite file with **group commit**: a single thread owns the only connection that writes and
/// checkpoints; it runs many jobs in one transaction and answers them after the one fsync. A job that fails
/// is undone alone: when it had changed something already, the batch is rolled back and run once more with
/// each job in a savepoint. That is rare, because jobs look before they write, and spares all others the
/// savepoints. Readers have connections of their own, see the last committed state and never block the
/// writer.
class Store {
 public:
  /// Opens or creates `<folder>/<name>.db`, takes `<folder>/<name>.lock` and applies the migrations of
  /// `name`. `readers` runs the reads. Throws std::runtime_error with a sentence for the operator when the
  /// lock is held, the file is damaged, or was written by a newer version.
  Store(const std::filesystem::path& folder, std::string name, OffloadPool& readers,
        StoreOptions options = {});
  /// Commits what was accepted, then closes.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Runs `job` (Connection& → Result<T>) in the next transaction. An error result or an exception undoes
  /// this job only. It may be run a second time after a rollback, so it must not consume what it captured.
  /// Answers after the commit is on disk. A job still queued at `deadline` is dropped before it runs. Jobs
  /// run in the order of submission. Lost commits are outcome_unknown; after one the store refuses to write.
  template <class F, class R = std::invoke_result_t<const F&, Connection&>>
  Task<R> write(MonotonicTime deadline, F job) {
    return write(deadline, std::move(job), [](const auto&) {});
  }
  /// The same; `on_commit(value)` is called on the writer's thread once the transaction of a job that
  /// succeeded is on disk, in the order of the jobs, before any of them is answered.
  template <class F, class OnCommit, class R = std::invoke_result_t<const F&, Connection&>>
  Task<R> write(MonotonicTime deadline, F job, OnCommit on_commit) {
    Span span(co_await current_span(), SpanKind::client, "COMMIT");
    std::size_t together = 0;
    auto answer = co_await await_value<R>([&](Resolver<R> resolve) {
      auto pending =
          std::make_unique<PendingWrite<F, OnCommit, R>>(std::move(job), std::move(on_commit), resolve);
      pending->deadline = deadline;
      if (span.is_recorded()) pending->together = &together;
      submit(std::move(pending));
    });
    if (span.is_recorded()) describe(span, together, answer ? nullptr : &answer.error());
    co_return answer;
  }

  /// Makes sure that neither the file nor its log holds anything any more that was deleted or changed before the call:
  /// deleted content is overwritten as it goes, and the log is emptied here. Everybody's writes wait meanwhile, so it
  /// is for what must be gone. unavailable when a reader is in the way; nothing is lost then, ask again.
  Task<Status> forget_deleted(MonotonicTime deadline);

  /// Runs `query` (Connection& → Result<T>) on a reader thread, in one read transaction.
  template <class F, class R = std::invoke_result_t<F, Connection&>>
  Task<R> read(MonotonicTime deadline, F query) {
    return readers_.run(deadline, [this, query = std::move(query)]() mutable -> R {
      try {
        ReadLease lease(*this);
        return query(lease.connection());
      } catch (const Failure& failure) {
        return std::unexpected(error_of(failure));
      }
    });
  }

  /// What `query` answers, at once: for those who read something before they serve. Throws std::runtime_error with a
  /// sentence for the operator that names the file and `what` cannot be read.
  template <class F>
  auto read_at_start(std::string_view what, F query) {
    auto result = sync_wait(read(MonotonicTime::max(), std::move(query)));
    if (!result) throw unreadable(what, result.error());
    if constexpr (!std::is_void_v<typename decltype(result)::value_type>) return *std::move(result);
  }

  /// Called on the writer's thread after each transaction that committed, after the jobs' own on_commit and
  /// before they are answered: for waking those who follow a log in this file. Set before the first write.
  void on_commit(std::function<void()> callback);

  /// False after a failed commit.
  bool writable() const;
  std::size_t queued() const;
  const std::filesystem::path& path() const;

 private:
  /// A job on its way. What becomes of it is kept until the transaction has ended, because only then it is
  /// true.
  struct Pending {
    MonotonicTime deadline;
    bool clears_log = false;  ///< once the transaction has ended
    std::size_t* together =
        nullptr;  ///< where to note, before the answer, how many shared the transaction; null: nowhere
    virtual ~Pending() = default;
    /// False when the job failed.
    virtual bool run(Connection& connection) = 0;
    virtual void set_error(Error error) = 0;
    virtual void committed() = 0;
    virtual Continuation answer() = 0;
  };
  template <class F, class OnCommit, class R>
  struct PendingWrite final : Pending {
    PendingWrite(F f, OnCommit c, Resolver<R> r) : job(std::move(f)), on_commit(std::move(c)), resolve(r) {}
    bool run(Connection& connection) override {
      result.emplace(std::as_const(job)(connection));
      return result->has_value();
    }
    void set_error(Error error) override { result.emplace(std::unexpected(std::move(error))); }
    void committed() override {
      if constexpr (std::is_void_v<typename R::value_type>) {
        if (result->has_value()) on_commit(std::monostate{});
      } else {
        if (result->has_value()) on_commit(std::as_const(**result));
      }
    }
    Continuation answer() override { return resolve.settle(*std::move(result)); }

    const F job;
    const OnCommit on_commit;
    Resolver<R> resolve;
    std::optional<R> result;
  };
  class ReadLease {
   public:
    explicit ReadLease(Store& store);
    ~ReadLease();
    Connection& connection() { return *connection_; }

   private:
    Store& store_;
    std::unique_ptr<Connection> connection_;
  };
  struct Impl;

  void submit(std::unique_ptr<Pending> pending);
  void describe(Span& span, std::size_t together, const Error* error) const;
  static Error error_of(const Failure& failure);
  std::runtime_error unreadable(std::string_view what, const Error& error) const;

  OffloadPool& readers_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::sqlite
