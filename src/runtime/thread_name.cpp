#include "runtime/thread_name.h"

#include <algorithm>

#include <pthread.h>
#include <sys/resource.h>

namespace cloudcart {

void set_thread_name(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

void lower_thread_priority(int by) {
  constexpr int lowest = 19;
  if (by <= 0) return;
  // On Linux 0 is the calling thread, and not its process.
  setpriority(PRIO_PROCESS, 0, std::min(lowest, getpriority(PRIO_PROCESS, 0) + by));
}

}  // namespace cloudcart
