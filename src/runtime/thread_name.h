#pragma once

#include <string>

namespace cloudcart {

/// Names the calling thread for debuggers and `top -H`; cut to the 15 characters that Linux keeps.
void set_thread_name(const std::string& name);

/// Lets other threads go before the calling one where both want the processor: `by` steps of nice(1), of which each is about
/// a fifth of its share.
void lower_thread_priority(int by);

}  // namespace cloudcart
