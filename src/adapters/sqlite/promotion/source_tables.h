#pragma once

#include <string>

#include "promotion/domain/table.h"

namespace cloudcart::promotion {

/// The rows of a table, as the SQLite file of its service has them.
std::string count_rows(const Table& table);
/// All columns in order of the key. `beyond`: only those beyond a key, whose values are the parameters.
std::string select_rows(const Table& table, bool beyond);

}  // namespace cloudcart::promotion
