#include "runtime/parallel.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include "runtime/thread_name.h"

namespace cloudcart {
namespace {

constexpr int background_niceness = 10;

/// A thread's own, on Linux. It cannot be taken back without privileges, so only threads of their own get it.
void step_back() {
  set_thread_name("background");
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), background_niceness);
}

}  // namespace

unsigned hardware_threads() {
  return std::max(1U, std::thread::hardware_concurrency());
}

void run_on_threads(unsigned threads, const std::function<void()>& work) {
  std::vector<std::jthread> crew;
  for (unsigned i = 0; i < threads; ++i) crew.emplace_back([&work] { work(); });
}

void run_in_background(unsigned threads, const std::function<void()>& work) {
  run_on_threads(threads, [&work] {
    step_back();
    work();
  });
}

void give_back_memory() {
  malloc_trim(0);
}

}  // namespace cloudcart
