#pragma once

#include <functional>

#include "core/timestamp.h"

namespace cloudcart {

/// Runs `work` on a thread of its own and waits for it, `limit` at most. False when it had not ended by then: it goes on by
/// itself, maybe for ever, and must own what it uses. For calls into libraries that may not come back.
bool run_within(milliseconds limit, std::function<void()> work);

}  // namespace cloudcart
