#include "runtime/event_loop.h"

#include <condition_variable>
#include <set>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <time.h>

#include "runtime/metrics.h"
#include "runtime/notifier.h"
#include "runtime/thread_name.h"

namespace cloudcart {

namespace asio = boost::asio;

namespace {

struct Context : asio::io_context {
  using io_context::io_context;
  void abandon() { shutdown(); }
};

}  // namespace

struct EventLoop::Impl {
  explicit Impl(std::string n) : name(std::move(n)) {}

  const std::string name;
  Context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
  // The first timer makes what waits for descriptors. Made here, a want of file handles is a start that fails with a
  // sentence, and not a loop that fails later.
  asio::steady_timer first_timer{context};
  std::thread thread;
  std::atomic<clockid_t> thread_clock{CLOCK_MONOTONIC};  ///< its processor time, once it runs
  std::atomic<bool> runs{false};

  double cpu_seconds() const;
};

/// A thread that waits uses no processor, and a loop does nothing else but wait and work: this is what it has worked, less
/// what others kept it from. Nothing is measured on the loop itself.
double EventLoop::Impl::cpu_seconds() const {
  timespec used{};
  if (!runs || ::clock_gettime(thread_clock, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

EventLoop::EventLoop(std::string name) : impl_(std::make_unique<Impl>(std::move(name))) {}
EventLoop::~EventLoop() {
  stop();
}

asio::io_context& EventLoop::context() {
  return impl_->context;
}

void EventLoop::post(Work work) {
  asio::post(impl_->context, std::move(work));
}

void EventLoop::post_at(MonotonicTime when, Work work) {
  auto timer = std::make_unique<asio::steady_timer>(impl_->context, when);
  auto& waiting = *timer;
  waiting.async_wait(
      [timer = std::move(timer), work = std::move(work)](boost::system::error_code) mutable { work(); });
}

void EventLoop::measure(Metrics& metrics) const {
  metrics.total("cloudcart_event_loop_cpu_seconds_total", "Processor time of the thread of an event loop.",
                {{"loop", impl_->name}}, [this] { return impl_->cpu_seconds(); });
}

void EventLoop::start() {
  impl_->thread = std::thread([this] {
    set_thread_name(impl_->name);
    clockid_t clock{};
    if (::pthread_getcpuclockid(::pthread_self(), &clock) == 0) {
      impl_->thread_clock = clock;
      impl_->runs = true;
    }
    const Scope scope(*this);
    impl_->context.run();
  });
}

void EventLoop::stop() {
  if (!impl_->thread.joinable()) return;
  impl_->guard.reset();
  // Timers of the future belong to waits that have already been settled; nothing is lost by not running them.
  impl_->context.stop();
  impl_->runs = false;
  impl_->thread.join();
}

void EventLoop::abandon() {
  stop();
  impl_->context.abandon();
}

struct BackgroundLoops::StopFlag::State {
  std::atomic<bool> stopping{false};
  Notifier changed;
};

struct BackgroundLoops::Impl {
  std::mutex mutex;
  std::condition_variable ended;
  std::multiset<std::string> running;
  std::shared_ptr<StopFlag::State> stop = std::make_shared<StopFlag::State>();
};

bool BackgroundLoops::StopFlag::stopping() const {
  return state_->stopping.load();
}

Task<void> BackgroundLoops::StopFlag::sleep_for(milliseconds time) const {
  const auto ticket = state_->changed.ticket();
  if (stopping()) co_return;
  co_await state_->changed.wait(ticket, Executor::current()->now() + time);
}

BackgroundLoops::BackgroundLoops() : impl_(std::make_unique<Impl>()) {}

BackgroundLoops::~BackgroundLoops() {
  request_stop();
  join();
}

void BackgroundLoops::start(std::string name, Executor& executor, std::function<Task<void>(StopFlag)> body) {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->running.insert(name);
  }
  StopFlag flag;
  flag.state_ = impl_->stop;
  executor.post([impl = impl_.get(), name = std::move(name), flag, body = std::move(body)]() mutable {
    // The function object holds the lambda's captures that its coroutine refers to, so it lives until the
    // end.
    auto owner = std::make_shared<std::function<Task<void>(StopFlag)>>(std::move(body));
    auto task = (*owner)(flag);
    cloudcart::start(std::move(task), [impl, name = std::move(name), owner](auto outcome) {
      if (outcome.index() == 1) {
        try {
          std::rethrow_exception(std::get<1>(outcome));
        } catch (const std::exception& failure) {
          spdlog::critical("background loop {} failed: {}", name, failure.what());
        }
        std::terminate();
      }
      const std::scoped_lock lock(impl->mutex);
      impl->running.erase(impl->running.find(name));
      impl->ended.notify_all();
    });
  });
}

void BackgroundLoops::request_stop() {
  impl_->stop->stopping = true;
  impl_->stop->changed.notify_all();
}

bool BackgroundLoops::join_for(milliseconds time) {
  std::unique_lock lock(impl_->mutex);
  return impl_->ended.wait_for(lock, time, [this] { return impl_->running.empty(); });
}

void BackgroundLoops::join() {
  while (!join_for(seconds{1})) {
    const std::scoped_lock lock(impl_->mutex);
    spdlog::info("waiting for background loops: {}", fmt::join(impl_->running, ", "));
  }
}

}  // namespace cloudcart
