#pragma once

#include "adapters/postgres/store/store.h"

namespace cloudcart::product {

/// Sees to the index that searches find texts by, which needs the extension pg_trgm. Where a server does not have it or does
/// not let it be made, searches read all texts, and the log says so. To be called before the store is used.
void index_search(postgres::Store& store);

/// Whether the index can tell which texts hold `term`: it knows texts by three signs in a row, and of signs only those that
/// are letters and digits whatever the server's locale is.
bool is_indexed(std::string_view term);

}  // namespace cloudcart::product
