#include "runtime/run_within.h"

#include <future>
#include <thread>

namespace cloudcart {

bool run_within(milliseconds limit, std::function<void()> work) {
  std::packaged_task<void()> task(std::move(work));
  auto ended = task.get_future();
  std::thread(std::move(task)).detach();
  if (ended.wait_for(limit) != std::future_status::ready) return false;
  ended.get();
  return true;
}

}  // namespace cloudcart
