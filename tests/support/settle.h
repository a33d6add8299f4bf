#pragma once

#include "runtime/executor.h"

namespace cloudcart::test {

/// Until what is posted, and what that posts, has run: twenty times over, which is further than tests go.
inline void settle(ManualExecutor& executor) {
  for (int round = 0; round < 20; ++round) {
    bool ran = false;
    executor.post([&ran] { ran = true; });
    executor.run_until([&ran] { return ran; });
  }
}

}  // namespace cloudcart::test
