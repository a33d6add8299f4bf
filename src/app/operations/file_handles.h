#pragma once

#include <cstdint>

namespace cloudcart::app {

/// Raises this process's limit of open files as far as it may itself, at most to what `connections` take beside the
/// stores' own. Logs a warning with the mend when that is not enough for them; then connections wait at the door.
/// Answers the limit.
std::uint64_t raise_file_limit(std::uint64_t connections);

}  // namespace cloudcart::app
