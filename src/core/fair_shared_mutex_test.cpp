#include "core/fair_shared_mutex.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace cloudcart {
namespace {

TEST(FairSharedMutexTest, AWriterGetsThroughOverlappingReaders) {
  FairSharedMutex mutex;
  std::atomic<bool> written{false};
  const auto read = [&] {
    while (!written) {
      const std::shared_lock lock(mutex);
      std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
  };
  std::thread first(read), second(read), third(read);
  std::this_thread::sleep_for(std::chrono::milliseconds{2});
  for (int i = 0; i < 20; ++i) const std::unique_lock lock(mutex);
  written = true;
  first.join();
  second.join();
  third.join();
}

}  // namespace
}  // namespace cloudcart
