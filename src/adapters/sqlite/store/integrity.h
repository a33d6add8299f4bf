#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace cloudcart::sqlite {

/// What SQLite finds wrong with a store's file, one sentence each; empty when nothing. Changes nothing, and may be
/// asked while another process writes there. Reads every page, which takes seconds per gigabyte. It finds damage of
/// structure: pages, rows, indexes; a value that turned into another legal value looks sound to it.
std::vector<std::string> find_damage(const std::filesystem::path& file);

}  // namespace cloudcart::sqlite
