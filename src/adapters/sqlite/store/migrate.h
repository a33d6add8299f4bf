#pragma once

#include <filesystem>
#include <span>

#include "adapters/sqlite/store/store.h"

namespace cloudcart::sqlite {

/// Brings the file to the newest version, each migration in a transaction of its own that also records it.
/// Throws std::runtime_error when the file is newer than this program or an applied migration has been edited
/// since.
void migrate(Connection& connection, const std::filesystem::path& path, std::span<const Migration> known);

}  // namespace cloudcart::sqlite
