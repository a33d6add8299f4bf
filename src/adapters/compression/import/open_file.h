#pragma once

#include <filesystem>
#include <memory>

#include "import/ports/byte_source.h"

namespace cloudcart::history {

/// Opens a plain, gzip or Zstandard file; which of them it is, its first bytes say and not its name. Several
/// compressed parts one after the other are one file. not_found when there is no such file; unavailable when
/// it cannot be read.
Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path);

}  // namespace cloudcart::history
