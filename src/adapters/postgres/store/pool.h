#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "adapters/postgres/store/connection.h"
#include "adapters/postgres/store/store_meter.h"
#include "core/result.h"

namespace cloudcart::postgres {

struct PoolOptions {
  std::size_t size = 20;
  std::size_t waiting_bound = 10'000;
  milliseconds connect_timeout{1'000};
  ConnectionSettings settings;
  std::string server = "primary";  ///< as metrics call it
};

/// The connections of a store, opened when they are needed. Lives on one event loop, and is used on its thread alone; the last lease
/// ends before it does.
class Pool {
 public:
  Pool(EventLoop& loop, PoolOptions options, Metrics& metrics, const std::string& store);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// A connection on loan; one that is spent is closed when it comes back.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, bool is_new)
        : pool_(&pool), connection_(std::move(connection)), is_new_(is_new) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->take_back(std::move(connection_));
    }
    Connection& connection() { return *connection_; }
    /// Opened for this loan: what breaks now is not for age.
    bool is_new() const { return is_new_; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    bool is_new_;
  };

  /// First come, first served. Errors: unavailable when none can be opened; overloaded when too many wait, or none is
  /// given back by `until`.
  Task<Result<Lease>> acquire(MonotonicTime until);

 private:
  /// What a waiter gets: a connection, or the right to open one.
  struct Turn {
    std::unique_ptr<Connection> connection;
    bool granted = false;
  };
  struct Waiter {
    explicit Waiter(Resolver<Turn> r) : resolve(r) {}
    Resolver<Turn> resolve;
    bool settled = false;
  };

  bool may_open() const;
  /// Shows how it is now. After each change.
  void report();
  Task<Result<Lease>> wait_for_one(MonotonicTime until);
  Task<Turn> wait(MonotonicTime until);
  Task<Result<Lease>> open(MonotonicTime until);
  Task<std::unique_ptr<Connection>> try_to_open(MonotonicTime until);
  void take_back(std::unique_ptr<Connection> connection);
  /// One connection less: the next in the queue may open another.
  void one_less();
  std::shared_ptr<Waiter> next_waiter();

  EventLoop& loop_;
  const PoolOptions options_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::deque<std::shared_ptr<Waiter>> waiting_;
  std::size_t open_ = 0;     ///< idle, on loan and being opened
  std::size_t opening_ = 0;  ///< of these, being opened
  /// Until then the server is taken for gone, as it was a moment ago: nobody waits for it.
  MonotonicTime refused_until_ = MonotonicTime::min();
  PoolMeter meter_;
};

}  // namespace cloudcart::postgres
