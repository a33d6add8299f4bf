#pragma once

#include "runtime/leadership.h"

namespace cloudcart::test {

/// Leads as it is told to.
class FakeLeadership final : public Leadership {
 public:
  bool leads() const override { return leading; }
  Task<void> run(BackgroundLoops::StopFlag) override { co_return; }
  bool leading = true;
};

}  // namespace cloudcart::test
