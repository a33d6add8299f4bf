#include "runtime/executor.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace cloudcart {
namespace {
thread_local Executor* current_executor = nullptr;
}

Executor* Executor::current() {
  return current_executor;
}

Executor::Scope::Scope(Executor& executor) : previous_(std::exchange(current_executor, &executor)) {}
Executor::Scope::~Scope() {
  current_executor = previous_;
}

void resume_all(std::span<const Continuation> settled) {
  // Executors are few, one per thread that serves.
  std::vector<std::pair<Executor*, std::vector<std::coroutine_handle<>>>> by_executor;
  for (const auto& [executor, handle] : settled) {
    auto found = std::ranges::find(by_executor, executor, &decltype(by_executor)::value_type::first);
    if (found == by_executor.end()) found = by_executor.insert(found, {executor, {}});
    found->second.push_back(handle);
  }
  for (auto& [executor, handles] : by_executor)
    executor->post([waiting = std::move(handles)] {
      for (const auto handle : waiting) handle.resume();
    });
}

struct ManualExecutor::Impl {
  const bool virtual_time;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<Work> ready;
  std::multimap<MonotonicTime, Work> timers;
  MonotonicTime virtual_now{};

  MonotonicTime now() const { return virtual_time ? virtual_now : std::chrono::steady_clock::now(); }
  void move_due_timers() {
    while (!timers.empty() && timers.begin()->first <= now()) {
      ready.push_back(std::move(timers.begin()->second));
      timers.erase(timers.begin());
    }
  }
};

ManualExecutor::ManualExecutor(bool virtual_time) : impl_(new Impl{.virtual_time = virtual_time}) {}
ManualExecutor::~ManualExecutor() = default;

void ManualExecutor::post(Work work) {
  const std::scoped_lock lock(impl_->mutex);
  impl_->ready.push_back(std::move(work));
  // Under the lock: the waiter may be gone as soon as it sees the work.
  impl_->wake.notify_one();
}

void ManualExecutor::post_at(MonotonicTime when, Work work) {
  const std::scoped_lock lock(impl_->mutex);
  impl_->timers.emplace(when, std::move(work));
  impl_->wake.notify_one();
}

MonotonicTime ManualExecutor::now() const {
  const std::scoped_lock lock(impl_->mutex);
  return impl_->now();
}

void ManualExecutor::run_until(const std::function<bool()>& done) {
  const Scope scope(*this);
  std::unique_lock lock(impl_->mutex);
  for (;;) {
    lock.unlock();
    if (done()) return;
    lock.lock();
    impl_->move_due_timers();
    if (!impl_->ready.empty()) {
      Work work = std::move(impl_->ready.front());
      impl_->ready.pop_front();
      lock.unlock();
      work();
      lock.lock();
    } else if (impl_->virtual_time) {
      if (impl_->timers.empty()) throw std::logic_error("nothing left to run, and not done");
      impl_->virtual_now = impl_->timers.begin()->first;
    } else if (impl_->timers.empty()) {
      impl_->wake.wait(lock);
    } else {
      impl_->wake.wait_until(lock, impl_->timers.begin()->first);
    }
  }
}

}  // namespace cloudcart
