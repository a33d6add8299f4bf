#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "core/timestamp.h"
#include "runtime/task.h"

namespace cloudcart {

using Work = std::move_only_function<void()>;

/// A single thread's queue of work with timers. Event loops are the real ones; tests and simulations bring
/// their own.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs `work` later on this executor's thread, in order of posting. May be called from any thread.
  virtual void post(Work work) = 0;
  /// Runs `work` at or soon after `when`. May be called from any thread.
  virtual void post_at(MonotonicTime when, Work work) = 0;
  virtual MonotonicTime now() const = 0;

  /// The executor whose work this thread is running; what awaitables return to. Null outside of one.
  static Executor* current();

  /// While alive, makes `executor` this thread's current one.
  class Scope {
   public:
    explicit Scope(Executor& executor);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Executor* previous_;
  };
};

/// A coroutine that has what it waited for, not resumed yet.
struct Continuation {
  Executor* executor = nullptr;
  std::coroutine_handle<> handle;
};

/// Resumes all, each on its executor, in order within one executor. One post serves all of an executor: that
/// is cheaper than waking it for each.
void resume_all(std::span<const Continuation> settled);

/// The giving end of await_value: call it, or settle(), once, from any thread.
template <class T>
class Resolver {
 public:
  struct State {
    Executor* executor = nullptr;
    std::coroutine_handle<> handle;
    std::optional<T> value;
  };
  explicit Resolver(State* state) : state_(state) {}
  void operator()(T value) const {
    const auto [executor, handle] = settle(std::move(value));
    executor->post([handle] { handle.resume(); });
  }
  /// Gives the value and leaves it to the caller to resume: for who has many answers at once.
  [[nodiscard]] Continuation settle(T value) const {
    state_->value.emplace(std::move(value));
    return {state_->executor, state_->handle};
  }

 private:
  State* state_;
};

/// Suspends the coroutine, hands `begin` a Resolver<T>, and resumes on the same executor with the value given
/// to it. Every resolver must be called exactly once, or the coroutine never wakes.
template <class T, class Begin>
auto await_value(Begin begin) {
  struct Awaiter {
    Begin begin;
    typename Resolver<T>::State state;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      state.executor = Executor::current();
      state.handle = handle;
      begin(Resolver<T>{&state});
    }
    T await_resume() { return *std::move(state.value); }
  };
  return Awaiter{std::move(begin), {}};
}

/// Continues on `executor`'s thread.
inline auto resume_on(Executor& executor) {
  struct Awaiter {
    Executor& executor;
    bool await_ready() const noexcept { return Executor::current() == &executor; }
    void await_suspend(std::coroutine_handle<> handle) const {
      executor.post([handle] { handle.resume(); });
    }
    void await_resume() const noexcept {}
  };
  return Awaiter{executor};
}

/// Lets whatever else is ready on the current executor go first.
inline auto let_others_go() {
  struct Awaiter {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const {
      Executor::current()->post([handle] { handle.resume(); });
    }
    void await_resume() const noexcept {}
  };
  return Awaiter{};
}

/// Sleeps on the current executor's clock.
inline auto sleep_until(MonotonicTime when) {
  struct Awaiter {
    MonotonicTime when;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const {
      Executor::current()->post_at(when, [handle] { handle.resume(); });
    }
    void await_resume() const noexcept {}
  };
  return Awaiter{when};
}

/// Runs its work on the thread that calls run(): for tests, for commands without a server, and for
/// simulations, where time only moves from timer to timer.
class ManualExecutor final : public Executor {
 public:
  /// With `virtual_time` the clock stands still except when run_until jumps to the next timer.
  explicit ManualExecutor(bool virtual_time = false);
  ~ManualExecutor() override;
  void post(Work work) override;
  void post_at(MonotonicTime when, Work work) override;
  MonotonicTime now() const override;
  /// Runs work until `done` says so. In real time it waits for posts from other threads.
  void run_until(const std::function<bool()>& done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Runs a task to its end on this thread. Not to be called from within an executor.
template <class T>
T sync_wait(Task<T> task) {
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  std::optional<std::variant<Value, std::exception_ptr>> outcome;
  start(std::move(task), [&](auto result) { outcome.emplace(std::move(result)); });
  executor.run_until([&] { return outcome.has_value(); });
  if (outcome->index() == 1) std::rethrow_exception(std::get<1>(*outcome));
  if constexpr (!std::is_void_v<T>) return std::get<0>(*std::move(outcome));
}

}  // namespace cloudcart
