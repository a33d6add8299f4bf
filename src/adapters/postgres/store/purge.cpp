#include "adapters/postgres/store/purge.h"

#include <fmt/format.h>

namespace cloudcart::postgres {

Query purge(std::string_view table, std::string_view column, Timestamp until, int limit) {
  return query(fmt::format("DELETE FROM {0} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {0} WHERE {1} <= $1"
                           " ORDER BY {1} LIMIT $2 FOR UPDATE SKIP LOCKED))",
                           table, column),
               until, limit);
}

}  // namespace cloudcart::postgres
