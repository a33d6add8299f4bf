#pragma once

#include <span>
#include <string>

#include "adapters/postgres/store/store.h"

namespace cloudcart::postgres {

/// Looks at the server and brings the schema to the newest version, making it when it is not there: one instance at a time,
/// under an advisory lock; each migration in a transaction of its own that also records it. Blocks. Throws
/// std::runtime_error with a sentence for the operator when the server cannot be reached, would lose commits, or is too old; when
/// the schema is newer than this program, or an applied migration has been edited since.
void prepare_schema(const StoreOptions& options, const std::string& store, std::span<const Migration> known);

}  // namespace cloudcart::postgres
