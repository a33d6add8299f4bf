#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "runtime/executor.h"

namespace cloudcart {

class Metrics;

/// Threads for work that would block an event loop: password hashing, database reads, training.
class OffloadPool {
 public:
  /// `queue_bound`: work beyond it is refused with ErrorCode::overloaded. `nice`: by how much its threads let others go
  /// before them, see lower_thread_priority().
  OffloadPool(std::string name, std::size_t threads, std::size_t queue_bound, int nice = 0);
  ~OffloadPool() { stop(); }
  /// Finishes what was accepted, then joins; later work is refused.
  void stop();
  OffloadPool(const OffloadPool&) = delete;
  OffloadPool& operator=(const OffloadPool&) = delete;

  /// Shows how much of it is used. It must live as long as anybody asks.
  void measure(Metrics& metrics) const;

  /// False when the queue is full; then `work` will never run.
  bool try_submit(Work work);

  /// Runs `function` on a pool thread and resumes the caller where it was. A job still queued at `deadline`
  /// is dropped without being run: ErrorCode::deadline_exceeded. Exceptions come out in the awaiting
  /// coroutine.
  template <class F, class R = std::invoke_result_t<F>>
    requires requires { typename R::value_type; }
  Task<R> run(MonotonicTime deadline, F function) {
    using Outcome = std::variant<R, std::exception_ptr>;
    auto outcome = co_await await_value<Outcome>([&](Resolver<Outcome> resolve) {
      const bool accepted = try_submit([resolve, deadline, f = std::move(function)]() mutable {
        if (std::chrono::steady_clock::now() > deadline) {
          resolve(R{fail(ErrorCode::deadline_exceeded, "The request waited longer than its time limit.")});
          return;
        }
        try {
          resolve(Outcome{std::in_place_index<0>, f()});
        } catch (...) {
          resolve(Outcome{std::in_place_index<1>, std::current_exception()});
        }
      });
      if (!accepted) resolve(R{fail(ErrorCode::overloaded, "The server is busy; try again soon.")});
    });
    if (outcome.index() == 1) std::rethrow_exception(std::get<1>(outcome));
    co_return std::get<0>(std::move(outcome));
  }

 private:
  void work_loop(int nice);
  std::size_t queued() const;

  const std::string name_;
  const std::size_t thread_count_;
  const std::size_t queue_bound_;
  std::atomic<std::size_t> busy_{0};               ///< threads
  std::atomic<std::int64_t> busy_nanoseconds_{0};  ///< of all threads, in work that has ended
  std::atomic<std::uint64_t> refused_{0};
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace cloudcart
