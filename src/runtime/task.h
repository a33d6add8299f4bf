#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace cloudcart {

template <class T>
class Task;
class Span;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();
  const Span* span = nullptr;  ///< what it does is part of; see runtime/tracing.h

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
      return self.promise().continuation;
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::variant<std::monostate, T, std::exception_ptr> outcome;

  Task<T> get_return_object() noexcept;
  template <class U>
    requires std::convertible_to<U&&, T>
  void return_value(U&& value) {
    outcome.template emplace<1>(std::forward<U>(value));
  }
  void unhandled_exception() noexcept { outcome.template emplace<2>(std::current_exception()); }
  T take() {
    if (auto* failure = std::get_if<2>(&outcome)) std::rethrow_exception(*failure);
    return std::move(std::get<1>(outcome));
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  std::exception_ptr failure;

  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void unhandled_exception() noexcept { failure = std::current_exception(); }
  void take() {
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace detail

/// A coroutine that starts when it is awaited and answers once. It runs on whatever thread resumes it; every
/// awaitable of runtime/ resumes on the executor that the coroutine was suspended on, so a task stays where
/// it was started. Symmetric transfer: chains of tasks use no stack. A task is part of the span of the task that
/// awaits it, unless it has been given one of its own; one that is start()ed of none.
///
/// Parameters are copied into the coroutine's frame: take them by value, or by reference only to what
/// outlives it.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using value_type = T;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  auto operator co_await() && noexcept { return Awaiter{handle_}; }

  /// Makes it, and the tasks that it awaits, part of `span`, which outlives it.
  void set_span(const Span& span) { handle_.promise().span = &span; }

 private:
  friend promise_type;
  struct Awaiter {
    std::coroutine_handle<promise_type> handle;
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
      auto& own = handle.promise();
      own.continuation = awaiting;
      if constexpr (std::is_base_of_v<detail::TaskPromiseBase, Promise>)
        if (!own.span) own.span = awaiting.promise().span;
      return handle;
    }
    T await_resume() { return handle.promise().take(); }
  };

  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>{std::coroutine_handle<TaskPromise>::from_promise(*this)};
}

inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>{std::coroutine_handle<TaskPromise>::from_promise(*this)};
}

/// A coroutine that nobody awaits: it starts at once and frees itself.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

}  // namespace detail

/// Starts `task` on this thread and calls `on_done(Outcome)` when it has ended, where Outcome is
/// std::variant<T, std::exception_ptr> (std::monostate for void). The caller sees to it that someone waits
/// for on_done before what the task refers to goes away: loops and servers count their tasks for that.
template <class T, class OnDone>
void start(Task<T> task, OnDone on_done) {
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
  [](Task<T> inner, OnDone done) -> detail::Detached {
    std::optional<std::variant<Value, std::exception_ptr>> outcome;
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(inner);
        outcome.emplace(std::in_place_index<0>);
      } else {
        outcome.emplace(std::in_place_index<0>, co_await std::move(inner));
      }
    } catch (...) {
      outcome.emplace(std::in_place_index<1>, std::current_exception());
    }
    done(*std::move(outcome));
  }(std::move(task), std::move(on_done));
}

}  // namespace cloudcart
