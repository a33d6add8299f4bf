#include "adapters/postgres/store/advisory_lock.h"

namespace cloudcart::postgres {

// Advisory locks are the database's, so that the first half of the number is the schema's.
Query have_alone(std::string_view name) {
  return query("SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext($1))", name);
}

}  // namespace cloudcart::postgres
