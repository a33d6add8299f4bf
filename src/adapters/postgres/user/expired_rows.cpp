#include "adapters/postgres/user/expired_rows.h"

#include <fmt/format.h>

namespace cloudcart::postgres {
namespace {

// More than one, so that the expired ones become fewer. A session takes up to a thousand refresh tokens with it.
constexpr int sessions_at_once = 4;
constexpr int rows_at_once = 64;

/// In the order of the index, which is what makes the planner use it: it cannot know that next to nothing has expired.
Query removing_expired_from(std::string_view table, Timestamp now, int limit) {
  return query(
      fmt::format("DELETE FROM {0} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {0} WHERE expires_at <= $1"
                  " ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))",
                  table),
      now, limit);
}

}  // namespace

std::vector<Query> removing_expired(Timestamp now) {
  return {removing_expired_from("session", now, sessions_at_once),
          removing_expired_from("revocation", now, rows_at_once)};
}

Query removing_expired_sign_in_codes(Timestamp now) {
  return removing_expired_from("sign_in_code", now, rows_at_once);
}

}  // namespace cloudcart::postgres
