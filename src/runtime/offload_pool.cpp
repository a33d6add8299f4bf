#include "runtime/offload_pool.h"

#include "runtime/metrics.h"
#include "runtime/thread_name.h"

namespace cloudcart {

OffloadPool::OffloadPool(std::string name, std::size_t threads, std::size_t queue_bound, int nice)
    : name_(std::move(name)), thread_count_(threads), queue_bound_(queue_bound) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this, nice] { work_loop(nice); });
}

std::size_t OffloadPool::queued() const {
  const std::scoped_lock lock(mutex_);
  return queue_.size();
}

void OffloadPool::measure(Metrics& metrics) const {
  const Metrics::Labels labels{{"pool", name_}};
  const auto gauge = [&](const char* name, const char* help, auto read) {
    metrics.gauge(name, help, labels, [read] { return static_cast<double>(read()); });
  };
  gauge("cloudcart_pool_threads", "Threads of a pool for work that blocks.",
        [this] { return thread_count_; });
  gauge("cloudcart_pool_threads_busy", "Threads of a pool that are at work.",
        [this] { return busy_.load(); });
  gauge("cloudcart_pool_queue_jobs", "Jobs that wait for a thread of a pool.", [this] { return queued(); });
  gauge("cloudcart_pool_queue_limit_jobs", "Jobs that may wait for a thread of a pool; more are refused.",
        [this] { return queue_bound_; });
  metrics.total("cloudcart_pool_busy_seconds_total", "Time of all threads of a pool in work that has ended.",
                labels, [this] { return static_cast<double>(busy_nanoseconds_.load()) * 1e-9; });
  metrics.total("cloudcart_pool_refused_total", "Jobs that a pool refused because too many waited.", labels,
                [this] { return static_cast<double>(refused_.load()); });
}

void OffloadPool::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

bool OffloadPool::try_submit(Work work) {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_ || queue_.size() >= queue_bound_) {
      ++refused_;
      return false;
    }
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void OffloadPool::work_loop(int nice) {
  set_thread_name(name_);
  lower_thread_priority(nice);
  for (;;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    const auto began = std::chrono::steady_clock::now();
    ++busy_;
    work();
    work = nullptr;
    --busy_;
    busy_nanoseconds_ += (std::chrono::steady_clock::now() - began).count();
  }
}

}  // namespace cloudcart
