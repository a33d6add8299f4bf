#pragma once

#include <functional>

namespace cloudcart {

/// As many threads as the machine runs at once.
unsigned hardware_threads();

/// Runs `work` on `threads` threads of their own and returns when all are through.
void run_on_threads(unsigned threads, const std::function<void()>& work);

/// The same for what nobody waits for: the threads take the processor only where nobody else wants it, as far as the
/// operating system goes (niceness 10).
void run_in_background(unsigned threads, const std::function<void()>& work);

/// Gives what was freed, as after a large piece of work, back to the operating system.
void give_back_memory();

}  // namespace cloudcart
