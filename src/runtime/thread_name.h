#pragma once

#include <string>

namespace cloudcart {

/// Names the calling thread for debuggers and `top -H`; cut to the 15 characters that Linux keeps.
void set_thread_name(const std::string& name);

}  // namespace cloudcart
