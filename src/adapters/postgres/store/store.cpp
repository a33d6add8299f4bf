#include "adapters/postgres/store/store.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "adapters/postgres/store/migrate.h"
#include "adapters/postgres/store/pool.h"
#include "adapters/postgres/store/replica.h"
#include "adapters/postgres/store/store_meter.h"

namespace cloudcart::postgres {
namespace {

constexpr milliseconds first_pause{2};
constexpr milliseconds longest_pause{100};

std::string_view words(Isolation isolation) {
  switch (isolation) {
    case Isolation::read_committed:
      return "READ COMMITTED";
    case Isolation::repeatable_read:
      return "REPEATABLE READ";
    case Isolation::serializable:
      return "SERIALIZABLE";
  }
  throw std::logic_error("no such isolation");
}

std::vector<Query> opening(Terms terms, bool read_only) {
  std::vector<Query> begin;
  begin.push_back(
      {"BEGIN ISOLATION LEVEL " + std::string{words(terms.isolation)} + (read_only ? " READ ONLY" : ""), {}});
  // The caller's deadline is kept by who asks.
  if (terms.unhurried) begin.push_back({"SET LOCAL statement_timeout = 0", {}});
  return begin;
}

bool begins_with(const std::string& state, std::string_view what) {
  return state.starts_with(what);
}

/// The server broke off, or was told to: it may have committed before.
bool leaves_doubt(const Failure& failure) {
  return failure.sqlstate().empty() || begins_with(failure.sqlstate(), "57P") ||
         begins_with(failure.sqlstate(), "08");
}

Error in_doubt() {
  return {ErrorCode::outcome_unknown,
          "The database did not answer whether it has kept the change; ask again with the same key.",
          {}};
}

Error error_of(const Failure& failure) {
  const auto& state = failure.sqlstate();
  if (failure.is_transient() || state == "55P03")
    return {ErrorCode::overloaded, "Too many changes of the same rows at once; try again in a moment.", {}};
  if (state == "57014")
    return {ErrorCode::deadline_exceeded, "The database took too long; nothing was changed.", {}};
  // Resources (a full disk, too many connections), a server that only reads or is going down, a broken connection.
  if (leaves_doubt(failure) || begins_with(state, "53") || begins_with(state, "58") || state == "25006" ||
      state == "25P03") {
    spdlog::warn("PostgreSQL: {} {}", state, failure.what());
    return {ErrorCode::unavailable, "The database does not answer; nothing was changed.", {}};
  }
  spdlog::error("PostgreSQL: {} {}", state, failure.what());
  return {ErrorCode::internal, "The database refused a statement; nothing was changed.", {}};
}

StoreMeter::Outcome outcome_of(const Status& ended) {
  if (ended) return StoreMeter::Outcome::done;
  const bool is_unknown = ended.error().code == ErrorCode::outcome_unknown;
  return is_unknown ? StoreMeter::Outcome::in_doubt : StoreMeter::Outcome::failed;
}

/// Those who met would meet again after pauses of one length.
milliseconds scattered(milliseconds pause) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return milliseconds{std::uniform_int_distribution<std::int64_t>{pause.count() / 2, pause.count()}(random)};
}

}  // namespace

struct Store::Impl {
  Impl(StoreOptions o, const std::string& store)
      : options(std::move(o)),
        name(store),
        loop("pg-" + name),
        pool(loop, pool_options(options.url, "primary"), metrics, name),
        meter(metrics, name) {
    loop.measure(metrics);
    loop.start();
    if (!options.replica_url.empty()) {
      replica.emplace(loop, pool, pool_options(options.replica_url, "replica"), options.replica_wait, metrics,
                      name);
      background.start("pg-replica", loop,
                       [this](BackgroundLoops::StopFlag stop) { return replica->look(stop); });
    }
    background.start("pg-look", loop, [this](BackgroundLoops::StopFlag stop) { return look(stop); });
  }
  ~Impl() {
    background.request_stop();
    background.join();
    loop.stop();
  }

  PoolOptions pool_options(const std::string& url, const std::string& server) const {
    return {
        .size = options.pool_size,
        .waiting_bound = options.waiting_bound,
        .connect_timeout = options.connect_timeout,
        .settings =
            {.url = url,
             .schema = options.schema,
             .application_name = application_name(name, options.schema),
             // A little less, so that it is the server that ends a long statement, and the connection lives.
             .statement_timeout = options.patience * 4 / 5},
        .server = server};
  }

  struct Outcome {
    std::optional<Failure> failure;
    bool in_doubt = false;
    bool is_new = false;  ///< the connection
  };
  using Attempt = std::function<Task<bool>(Session&)>;

  /// Of a transaction that reads nothing is in doubt.
  Task<Status> run(MonotonicTime deadline, const Attempt& attempt, Terms terms, Frame frame);
  Task<Status> run_until_ended(MonotonicTime deadline, const Attempt& attempt, Terms terms, Frame frame);
  /// False when the replica could not answer.
  Task<bool> read_from_replica(MonotonicTime limit, const Attempt& attempt, const std::vector<Query>& begin);
  /// Asks each second whether the server is there, for those who want to know before they need it.
  Task<void> look(BackgroundLoops::StopFlag stop);
  Task<Outcome> try_once(Pool::Lease& lease, const Attempt& attempt, const std::vector<Query>& begin);

  const StoreOptions options;
  const std::string name;
  Metrics unseen;  ///< where nobody looks, when nobody is reported to
  Metrics& metrics = options.metrics ? *options.metrics : unseen;
  EventLoop loop;
  Pool pool;
  StoreMeter meter;
  std::optional<Replica> replica;
  std::atomic<bool> reachable{true};
  BackgroundLoops background;
};

Task<void> Store::Impl::look(BackgroundLoops::StopFlag stop) {
  const auto ask = [](Session& session) -> Task<bool> {
    co_await session.run("SELECT 1");
    co_return true;
  };
  for (;;) {
    // It has just answered, when its schema was looked at.
    co_await stop.sleep_for(seconds{1});
    if (stop.stopping()) co_return;
    const auto answered = co_await run(MonotonicTime::max(), ask, {}, Frame::none);
    // One whose connections are all busy is there.
    reachable = answered || answered.error().code != ErrorCode::unavailable;
  }
}

Task<Store::Impl::Outcome> Store::Impl::try_once(Pool::Lease& lease, const Attempt& attempt,
                                                 const std::vector<Query>& begin) {
  Session session(lease.connection(), begin);
  Outcome outcome{.is_new = lease.is_new()};
  std::exception_ptr defect;
  bool succeeded = false;
  try {
    succeeded = co_await attempt(session);
    if (succeeded) co_await session.finish();
  } catch (const Failure& failure) {
    outcome.failure = failure;
    outcome.in_doubt = session.is_in_doubt() && leaves_doubt(failure);
  } catch (...) {
    defect = std::current_exception();
  }
  try {
    co_await session.roll_back();
  } catch (const Failure&) {
    // Then the connection is spent, and the server rolls back by itself.
  }
  if (defect) std::rethrow_exception(defect);
  co_return outcome;
}

Task<bool> Store::Impl::read_from_replica(MonotonicTime limit, const Attempt& attempt,
                                          const std::vector<Query>& begin) {
  auto lease = co_await replica->caught_up(limit);
  if (!lease) {
    meter.asked_replica(false);
    co_return false;
  }
  // What is left is for the server, when this fails.
  lease->connection().wait_until(loop.now() + (limit - loop.now()) / 2);
  const auto outcome = co_await try_once(*lease, attempt, begin);
  // A standby ends a read now and then that is in the way of what it has to replay.
  if (outcome.failure && !outcome.failure->is_transient()) replica->distrust(outcome.failure->what());
  meter.asked_replica(!outcome.failure);
  co_return !outcome.failure;
}

Task<Status> Store::Impl::run(MonotonicTime deadline, const Attempt& attempt, Terms terms, Frame frame) {
  const auto began = loop.now();
  auto ended = co_await run_until_ended(deadline, attempt, terms, frame);
  meter.ended(outcome_of(ended), loop.now() - began);
  co_return ended;
}

Task<Status> Store::Impl::run_until_ended(MonotonicTime deadline, const Attempt& attempt, Terms terms,
                                          Frame frame) {
  const bool read_only = frame != Frame::transaction;
  const auto begin = frame == Frame::none ? std::vector<Query>{} : opening(terms, read_only);
  const auto limit = terms.unhurried ? deadline : std::min(deadline, loop.now() + options.patience);
  if (read_only && terms.from_replica && replica && loop.now() < limit &&
      co_await read_from_replica(limit, attempt, begin))
    co_return Status{};
  bool replaced = false;
  for (auto pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
    if (loop.now() >= deadline)
      co_return fail(ErrorCode::deadline_exceeded, "The time for it was over before the database was asked.");
    Outcome outcome;
    {
      auto lease = co_await pool.acquire(limit);
      if (!lease) co_return std::unexpected(std::move(lease.error()));
      lease->connection().wait_until(limit);
      outcome = co_await try_once(*lease, attempt, begin);
    }
    if (!outcome.failure) co_return Status{};
    if (outcome.in_doubt && !read_only) co_return std::unexpected(in_doubt());
    const auto& failure = *outcome.failure;
    // It was idle when the server went, which only shows when it is used.
    const bool was_stale = failure.sqlstate().empty() && !outcome.is_new && !std::exchange(replaced, true);
    const auto rest = scattered(pause);
    if ((!failure.is_transient() && !was_stale) || loop.now() + rest >= limit) {
      if (loop.now() >= deadline)
        co_return fail(ErrorCode::deadline_exceeded, "The database took too long; nothing was changed.");
      co_return std::unexpected(error_of(failure));
    }
    meter.tried_again();
    if (!was_stale) co_await sleep_until(loop.now() + rest);
  }
}

std::string application_name(const std::string& name, const std::string& schema) {
  constexpr std::size_t longest = 63;  // PostgreSQL cuts longer ones
  return fmt::format("cloudcart-{} {}", name, schema).substr(0, longest);
}

Store::Store(StoreOptions options, std::string name) {
  prepare_schema(options, name, migrations_of(name));
  impl_ = std::make_unique<Impl>(std::move(options), name);
}

Store::~Store() = default;

Metrics::Histogram& Store::batch_sizes(const std::string& of) {
  return impl_->metrics.amount("cloudcart_postgres_batch_calls",
                               "Calls that were written together, in one transaction.",
                               {{"store", impl_->name}, {"batch", of}});
}

bool Store::is_reachable() const {
  return impl_->reachable;
}

std::optional<bool> Store::replica_is_well() const {
  return impl_->replica ? std::optional{impl_->replica->is_well()} : std::nullopt;
}

Task<Status> Store::run(MonotonicTime deadline, std::function<Task<bool>(Session&)> attempt, Terms terms,
                        Frame frame) {
  Executor& home = *Executor::current();
  co_await resume_on(impl_->loop);
  std::optional<Status> ended;
  std::exception_ptr defect;
  try {
    ended = co_await impl_->run(deadline, attempt, terms, frame);
  } catch (...) {
    defect = std::current_exception();
  }
  co_await resume_on(home);
  if (defect) std::rethrow_exception(defect);
  co_return *std::move(ended);
}

Task<Result<Rows>> Store::ask(MonotonicTime deadline, Query query, Terms terms) {
  std::optional<Rows> rows;
  const auto body = [&](Session& session) -> Task<Status> {
    rows = co_await session.run(query);
    co_return Status{};
  };
  const bool is_plain = terms.isolation == Isolation::read_committed && !terms.unhurried;
  auto ended = co_await transact<decltype(std::cref(body)), Status>(
      deadline, std::cref(body), terms, is_plain ? Frame::none : Frame::read_only_transaction);
  if (!ended) co_return std::unexpected(std::move(ended.error()));
  co_return *std::move(rows);
}

}  // namespace cloudcart::postgres
