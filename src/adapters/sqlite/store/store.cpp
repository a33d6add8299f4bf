#include "adapters/sqlite/store/store.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include "adapters/sqlite/store/file_lock.h"
#include "adapters/sqlite/store/migrate.h"
#include "runtime/thread_name.h"

namespace cloudcart::sqlite {
namespace {

using Clock = std::chrono::steady_clock;

bool is_full(const Failure& failure) {
  return (failure.code() & 0xFF) == SQLITE_FULL;
}

Error stopped_error() {
  return {ErrorCode::unavailable,
          "The store does not write: it was opened to be read, or a disk failed; then check the disk and "
          "restart.",
          {}};
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

  std::mutex readers_mutex;
  std::vector<std::unique_ptr<Connection>> idle_readers;

  std::thread thread;

  Impl(const std::filesystem::path& folder, std::string store_name, StoreOptions store_options)
      : path(folder / (store_name + ".db")), name(std::move(store_name)), options(store_options) {}

  void open_for_writing();

  std::optional<Error> enqueue(std::unique_ptr<Pending>& pending);
  void write_loop();
  std::vector<std::unique_ptr<Pending>> take_batch();
  void run_batch(std::vector<std::unique_ptr<Pending>> batch);
  bool run_one(Pending& pending);
  void fail_batch(std::vector<std::unique_ptr<Pending>>& batch, const Failure& failure, bool begun);
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
  try {
    writer = std::make_unique<Connection>(path.string(), Connection::Mode::writer);
    migrate(*writer, path, migrations_of(name));
  } catch (const Failure& failure) {
    throw std::runtime_error(fmt::format("Cannot open the store {}: {}.", path.string(), failure.what()));
  }
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

std::size_t Store::queued() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->queue.size();
}

Error Store::error_of(const Failure& failure) {
  const int primary = failure.code() & 0xFF;
  spdlog::error("sqlite: {}", failure.what());
  if (primary == SQLITE_FULL) return {ErrorCode::unavailable, "The disk is full; nothing was changed.", {}};
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_NOMEM ||
      primary == SQLITE_BUSY)
    return {ErrorCode::unavailable, "The store cannot answer now; nothing was changed.", {}};
  return {ErrorCode::internal, "The store refused a statement.", {}};
}

void Store::submit(std::unique_ptr<Pending> pending) {
  if (const auto refusal = impl_->enqueue(pending)) {
    pending->refuse(*refusal);
  } else {
    impl_->wake.notify_one();
  }
}

/// Takes `pending` over, or says why not and leaves it.
std::optional<Error> Store::Impl::enqueue(std::unique_ptr<Pending>& pending) {
  const std::scoped_lock guard(mutex);
  if (!writable) return stopped_error();
  if (queue.size() >= options.write_queue_bound)
    return Error{ErrorCode::overloaded, "The server is busy; try again soon.", {}};
  queue.push_back(std::move(pending));
  return std::nullopt;
}

void Store::Impl::write_loop() {
  set_thread_name(name + "-writer");
  for (;;) {
    auto batch = take_batch();
    if (batch.empty()) return;
    run_batch(std::move(batch));
  }
}

std::vector<std::unique_ptr<Store::Pending>> Store::Impl::take_batch() {
  std::unique_lock guard(mutex);
  wake.wait(guard, [this] { return stopping || !queue.empty(); });
  const auto count = std::min(queue.size(), options.max_batch);
  std::vector<std::unique_ptr<Pending>> batch(
      std::make_move_iterator(queue.begin()),
      std::make_move_iterator(queue.begin() + static_cast<std::ptrdiff_t>(count)));
  queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count));
  return batch;
}

/// Runs one job in its savepoint. False when it was dropped and answered already.
bool Store::Impl::run_one(Pending& pending) {
  if (Clock::now() > pending.deadline) {
    pending.refuse({ErrorCode::deadline_exceeded, "The request waited longer than its time limit.", {}});
    return false;
  }
  writer->prepare("SAVEPOINT job").run();
  const auto undo = [this] {
    writer->prepare("ROLLBACK TO job").run();
    writer->prepare("RELEASE job").run();
  };
  try {
    if (pending.run(*writer)) {
      writer->prepare("RELEASE job").run();
    } else {
      undo();
    }
    return true;
  } catch (const Failure& failure) {
    // A full disk or an I/O error may have ended the whole transaction; then the batch fails as one.
    if (!writer->in_transaction()) throw;
    undo();
    pending.refuse(error_of(failure));
    return false;
  } catch (const std::exception& defect) {
    spdlog::error("a write to {} failed: {}", path.string(), defect.what());
    undo();
    pending.refuse({ErrorCode::internal, "The store could not do this.", {}});
    return false;
  }
}

void Store::Impl::run_batch(std::vector<std::unique_ptr<Pending>> batch) {
  if (!writable) {
    for (auto& pending : batch) pending->refuse(stopped_error());
    return;
  }
  bool begun = false;
  try {
    writer->prepare("BEGIN IMMEDIATE").run();
    begun = true;
    for (auto& pending : batch)
      if (!run_one(*pending)) pending.reset();
    writer->prepare("COMMIT").run();
  } catch (const Failure& failure) {
    fail_batch(batch, failure, begun);
    return;
  }
  if (after_commit) after_commit();
  for (auto& pending : batch)
    if (pending) pending->answer();
}

void Store::Impl::fail_batch(std::vector<std::unique_ptr<Pending>>& batch, const Failure& failure,
                             bool begun) {
  Error error = error_of(failure);
  if (writer->in_transaction()) {
    try {
      writer->prepare("ROLLBACK").run();
    } catch (const Failure& again) {
      spdlog::error("sqlite: rollback failed: {}", again.what());
    }
  }
  // A transaction that could not begin has changed nothing: somebody else holds the file for a moment.
  if (begun && !is_full(failure)) {
    // After a failed fsync the kernel may have dropped the pages, and a second fsync would lie. What is on
    // disk is only known after recovery, so nothing more is written until a restart.
    writable = false;
    error = {ErrorCode::outcome_unknown,
             "The disk failed while committing; ask again with the same key after a restart.",
             {}};
    spdlog::critical("store {} stops writing: {}", path.string(), failure.what());
  }
  for (auto& pending : batch)
    if (pending) pending->refuse(error);
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
