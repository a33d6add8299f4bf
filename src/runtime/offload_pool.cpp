#include "runtime/offload_pool.h"

#include "runtime/thread_name.h"

namespace cloudcart {

OffloadPool::OffloadPool(std::string name, std::size_t threads, std::size_t queue_bound, int nice)
    : queue_bound_(queue_bound) {
  for (std::size_t i = 0; i < threads; ++i)
    threads_.emplace_back([this, name, nice] { work_loop(name, nice); });
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
    if (stopping_ || queue_.size() >= queue_bound_) return false;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void OffloadPool::work_loop(const std::string& name, int nice) {
  set_thread_name(name);
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
    work();
  }
}

}  // namespace cloudcart
