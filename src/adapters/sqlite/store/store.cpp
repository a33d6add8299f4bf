#include "adapters/sqlite/store/store.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/sqlite/store/file_lock.h"
#include "adapters/sqlite/store/migrate.h"
#include "adapters/sqlite/store/store_meter.h"
#include "runtime/thread_name.h"

namespace cloudcart::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

/// The log is copied into the file when it has so many pages of 4 KiB in quiet times, or so many in busy ones, when many
/// jobs share each commit. A longer log is copied less often, each page once however often it was written; but the
/// writer stands still for longer, which those who wait in a busy queue notice less than the time they gain.
constexpr int checkpoint_pages_quiet = 1000;
constexpr int checkpoint_pages_busy = 8000;
constexpr std::size_t busy_batch = 8;

bool is_full(const Failure& failure) {
  return (failure.code() & 0xFF) == SQLITE_FULL;
}

Error damaged_error() {
  return {ErrorCode::unavailable, "The store's file is damaged; nothing was changed.", {}};
}

Error stopped_error() {
  return {ErrorCode::unavailable,
          "The store does not write: it was opened to be read, or a disk failed; then check the disk and "
          "restart.",
          {}};
}

/// A new file is its owner's alone: it may hold secrets of webhooks and hashes of passwords. SQLite gives the files
/// beside it the same mode.
void create_private(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  // One that is there already keeps its mode, and of what else went wrong SQLite says more.
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

struct Store::Impl {
  std::filesystem::path path;
  std::string name;
  StoreOptions options;
  std::optional<FileLock> lock;
  std::unique_ptr<Connection> writer;
  std::function<void()> after_commit;

  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::unique_ptr<Pending>> queue;
  bool stopping = false;
  std::atomic<bool> writable{true};
  bool checkpoint_refused = false;  // said once

  std::mutex readers_mutex;
  std::vector<std::unique_ptr<Connection>> idle_readers;

  std::thread thread;
  std::optional<StoreMeter> meter;  ///< while it writes

  Impl(const std::filesystem::path& folder, std::string store_name, StoreOptions store_options)
      : path(folder / (store_name + ".db")), name(std::move(store_name)), options(store_options) {}

  void open_for_writing();

  std::size_t queued() const;
  std::optional<Error> enqueue(std::unique_ptr<Pending>& pending);
  void write_loop();
  using Batch = std::vector<std::unique_ptr<Pending>>;
  Batch take_batch();
  void run_batch(Batch& batch);
  void drop_late(Batch& batch);
  bool run_job(Pending& pending);
  bool run_plainly(Batch& batch);
  void run_in_savepoints(Batch& batch);
  Error give_up(const Failure& failure, bool begun);
  void stop_writing(const Failure& failure);
  void roll_back();
  bool has_waiting() const;
  void checkpoint_when_due(std::size_t last_batch);
  void clear_log_for(Batch& batch);
};

Store::Store(const std::filesystem::path& folder, std::string name, OffloadPool& readers,
             StoreOptions options)
    : readers_(readers), impl_(std::make_unique<Impl>(folder, std::move(name), options)) {
  if (options.read_only) {
    impl_->writable = false;
    if (!std::filesystem::exists(impl_->path))
      throw std::runtime_error(
          fmt::format("There is no store {}; is the data folder the right one?", impl_->path.string()));
    return;
  }
  std::filesystem::create_directories(folder);
  impl_->open_for_writing();
}

void Store::Impl::open_for_writing() {
  lock.emplace(path.parent_path() / (name + ".lock"));
  create_private(path);
  try {
    writer = std::make_unique<Connection>(path.string(), Connection::Mode::writer);
    migrate(*writer, path, migrations_of(name));
  } catch (const Failure& failure) {
    throw std::runtime_error(fmt::format("Cannot open the store {}: {}.", path.string(), failure.what()));
  }
  if (options.metrics)
    meter.emplace(
        *options.metrics, name, path,
        StoreMeter::Queue{.limit = options.write_queue_bound, .length = [this] { return queued(); }});
  thread = std::thread([this] { write_loop(); });
}

Store::~Store() {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->idle_readers.clear();
  impl_->writer.reset();
}

void Store::on_commit(std::function<void()> callback) {
  impl_->after_commit = std::move(callback);
}
bool Store::writable() const {
  return impl_->writable;
}
const std::filesystem::path& Store::path() const {
  return impl_->path;
}

std::size_t Store::Impl::queued() const {
  const std::scoped_lock guard(mutex);
  return queue.size();
}

std::size_t Store::queued() const {
  return impl_->queued();
}

Error Store::error_of(const Failure& failure) {
  const int primary = failure.code() & 0xFF;
  spdlog::error("sqlite: {}", failure.what());
  if (primary == SQLITE_FULL) return {ErrorCode::unavailable, "The disk is full; nothing was changed.", {}};
  if (failure.is_damage()) return damaged_error();
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_NOMEM ||
      primary == SQLITE_BUSY)
    return {ErrorCode::unavailable, "The store cannot answer now; nothing was changed.", {}};
  return {ErrorCode::internal, "The store refused a statement.", {}};
}

std::runtime_error Store::unreadable(std::string_view what, const Error& error) const {
  return std::runtime_error(fmt::format("Cannot read {} from {}: {} 'cloudcart check' looks for damage.",
                                        what, path().string(), error.message));
}

Task<Status> Store::forget_deleted(MonotonicTime deadline) {
  co_return co_await await_value<Status>([&](Resolver<Status> resolve) {
    const auto nothing = [](Connection&) -> Status { return {}; };
    const auto ignore = [](const auto&) {};
    auto pending = std::make_unique<
        PendingWrite<std::decay_t<decltype(nothing)>, std::decay_t<decltype(ignore)>, Status>>(
        nothing, ignore, resolve);
    pending->deadline = deadline;
    pending->clears_log = true;
    submit(std::move(pending));
  });
}

/// After the conventions of OpenTelemetry for databases. From the wait in the queue to the fsync.
void Store::describe(Span& span, std::size_t together, const Error* error) const {
  span.set_name("COMMIT " + impl_->name);
  span.set("db.system.name", "sqlite");
  span.set("db.namespace", impl_->name);
  span.set("db.operation.name", "COMMIT");
  if (together > 0) span.set("cloudcart.db.commit.writes", together);
  if (error) span.fail(to_string(error->code));
}

void Store::submit(std::unique_ptr<Pending> pending) {
  if (const auto refusal = impl_->enqueue(pending)) {
    pending->set_error(*refusal);
    const std::array answered{pending->answer()};
    resume_all(answered);
  } else {
    impl_->wake.notify_one();
  }
}

/// Takes `pending` over, or says why not and leaves it.
std::optional<Error> Store::Impl::enqueue(std::unique_ptr<Pending>& pending) {
  const std::scoped_lock guard(mutex);
  if (!writable) return stopped_error();
  if (queue.size() >= options.write_queue_bound) {
    if (meter) meter->refused();
    return Error{ErrorCode::overloaded, "The server is busy; try again soon.", {}};
  }
  queue.push_back(std::move(pending));
  return std::nullopt;
}

void Store::Impl::write_loop() {
  set_thread_name(name + "-writer");
  for (;;) {
    auto batch = take_batch();
    if (batch.empty()) return;
    const StoreMeter::Turn turn(meter ? &*meter : nullptr);
    run_batch(batch);
    clear_log_for(batch);
    std::vector<Continuation> answers;
    answers.reserve(batch.size());
    for (auto& pending : batch) {
      if (pending->together) *pending->together = batch.size();
      answers.push_back(pending->answer());
    }
    // The jobs go first: whoever is answered may close what they refer to.
    batch.clear();
    resume_all(answers);
    checkpoint_when_due(answers.size());
  }
}

Store::Impl::Batch Store::Impl::take_batch() {
  std::unique_lock guard(mutex);
  wake.wait(guard, [this] { return stopping || !queue.empty(); });
  const auto count = std::min(queue.size(), options.max_batch);
  Batch batch(std::make_move_iterator(queue.begin()),
              std::make_move_iterator(queue.begin() + static_cast<std::ptrdiff_t>(count)));
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count));
  return batch;
}

/// Answers those whose time has passed; they are not run.
void Store::Impl::drop_late(Batch& batch) {
  const auto now = Clock::now();
  std::vector<Continuation> late;
  std::erase_if(batch, [&](auto& pending) {
    if (now <= pending->deadline) return false;
    pending->set_error({ErrorCode::deadline_exceeded, "The request waited longer than its time limit.", {}});
    late.push_back(pending->answer());
    return true;
  });
  resume_all(late);
}

/// False when the job failed; it knows its error then. Throws when that ended the transaction.
bool Store::Impl::run_job(Pending& pending) {
  try {
    return pending.run(*writer);
  } catch (const Failure& failure) {
    // A full disk or an I/O error may have ended the whole transaction; then the batch fails as one. Into a damaged
    // file nothing more is written.
    if (!writer->in_transaction() || failure.is_damage()) throw;
    pending.set_error(error_of(failure));
  } catch (const std::exception& defect) {
    spdlog::error("a write to {} failed: {}", path.string(), defect.what());
    pending.set_error({ErrorCode::internal, "The store could not do this.", {}});
  }
  return false;
}

/// False when a job failed that had changed something.
bool Store::Impl::run_plainly(Batch& batch) {
  return std::ranges::all_of(batch, [this](auto& pending) {
    const auto before = writer->total_changes();
    return run_job(*pending) || writer->total_changes() == before;
  });
}

void Store::Impl::run_in_savepoints(Batch& batch) {
  for (auto& pending : batch) {
    writer->prepare("SAVEPOINT job").run();
    if (!run_job(*pending)) writer->prepare("ROLLBACK TO job").run();
    writer->prepare("RELEASE job").run();
  }
}

/// Afterwards each job of the batch has its answer.
void Store::Impl::run_batch(Batch& batch) {
  drop_late(batch);
  if (batch.empty()) return;
  std::optional<Error> lost;
  bool begun = false;
  try {
    if (!writable) {
      lost = stopped_error();
    } else {
      writer->prepare("BEGIN IMMEDIATE").run();
      begun = true;
      if (!run_plainly(batch)) {
        writer->prepare("ROLLBACK").run();
        writer->prepare("BEGIN IMMEDIATE").run();
        run_in_savepoints(batch);
      }
      const auto jobs = batch.size();
      const auto began = Clock::now();
      writer->prepare("COMMIT").run();
      if (meter) meter->committed(jobs, Clock::now() - began);
    }
  } catch (const Failure& failure) {
    lost = give_up(failure, begun);
  }
  if (lost) {
    for (auto& pending : batch) pending->set_error(*lost);
    return;
  }
  for (auto& pending : batch) pending->committed();
  if (after_commit) after_commit();
}

void Store::Impl::roll_back() {
  if (!writer->in_transaction()) return;
  try {
    writer->prepare("ROLLBACK").run();
  } catch (const Failure& again) {
    spdlog::error("sqlite: rollback failed: {}", again.what());
  }
}

/// After a failed fsync the kernel may have dropped the pages, and a second fsync would lie. What is on disk is only
/// known after recovery, so nothing more is written until a restart; not on close either.
void Store::Impl::stop_writing(const Failure& failure) {
  writable = false;
  writer->keep_log_on_close();
  spdlog::critical("store {} stops writing: {}", path.string(), failure.what());
}

bool Store::Impl::has_waiting() const {
  const std::scoped_lock guard(mutex);
  return !queue.empty();
}

/// Here, and not by SQLite within the commit: it would say nothing of an fsync that failed, and do it again later.
void Store::Impl::checkpoint_when_due(std::size_t last_batch) {
  if (!writable) return;
  const auto pages = writer->log_pages();
  const bool is_busy = last_batch >= busy_batch || has_waiting();
  if (pages < (is_busy ? checkpoint_pages_busy : checkpoint_pages_quiet)) return;
  try {
    writer->checkpoint();
    checkpoint_refused = false;
  } catch (const Failure& failure) {
    const int primary = failure.code() & 0xFF;
    if (primary != SQLITE_FULL && primary != SQLITE_NOMEM) return stop_writing(failure);
    // The log grows on until there is room; everything in it is safe.
    if (!std::exchange(checkpoint_refused, true))
      spdlog::warn("store {} cannot shorten its log: {}", path.string(), failure.what());
  }
}

/// Once for all of a batch that ask for it.
void Store::Impl::clear_log_for(Batch& batch) {
  if (!writable || std::ranges::none_of(batch, [](const auto& pending) { return pending->clears_log; }))
    return;
  std::optional<Error> refusal;
  try {
    if (!writer->clear_log())
      refusal = Error{ErrorCode::unavailable, "The store's log is being read; try again soon.", {}};
  } catch (const Failure& failure) {
    const int primary = failure.code() & 0xFF;
    if (primary == SQLITE_FULL || primary == SQLITE_NOMEM) {
      refusal = error_of(failure);
    } else {
      stop_writing(failure);
      refusal = stopped_error();
    }
  }
  if (!refusal) return;
  for (auto& pending : batch)
    if (pending->clears_log) pending->set_error(*refusal);
}

/// What to tell the jobs of a transaction that was not committed.
Error Store::Impl::give_up(const Failure& failure, bool begun) {
  roll_back();
  if (failure.is_damage()) {
    stop_writing(failure);
    return damaged_error();
  }
  // A transaction that could not begin has changed nothing: somebody else holds the file for a moment.
  if (!begun || is_full(failure)) return error_of(failure);
  stop_writing(failure);
  return {ErrorCode::outcome_unknown,
          "The disk failed while committing; ask again with the same key after a restart.",
          {}};
}

Store::ReadLease::ReadLease(Store& store) : store_(store) {
  {
    const std::scoped_lock lock(store.impl_->readers_mutex);
    if (!store.impl_->idle_readers.empty()) {
      connection_ = std::move(store.impl_->idle_readers.back());
      store.impl_->idle_readers.pop_back();
    }
  }
  if (!connection_)
    connection_ = std::make_unique<Connection>(store.impl_->path.string(), Connection::Mode::reader);
  connection_->prepare("BEGIN").run();
}

Store::ReadLease::~ReadLease() {
  try {
    // After an I/O error SQLite has ended the transaction itself; such a connection is not used again.
    if (!connection_->in_transaction()) return;
    connection_->prepare("COMMIT").run();
  } catch (const Failure& failure) {
    spdlog::warn("a reader of {} was given up: {}", store_.impl_->path.string(), failure.what());
    return;
  }
  const std::scoped_lock lock(store_.impl_->readers_mutex);
  store_.impl_->idle_readers.push_back(std::move(connection_));
}

}  // namespace cloudcart::sqlite
