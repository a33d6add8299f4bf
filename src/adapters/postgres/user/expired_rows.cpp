#include "adapters/postgres/user/expired_rows.h"

#include "adapters/postgres/store/purge.h"

namespace cloudcart::postgres {
namespace {

// More than one, so that the expired ones become fewer. A session takes up to a thousand refresh tokens with it.
constexpr int sessions_at_once = 4;
constexpr int rows_at_once = 64;

}  // namespace

std::vector<Query> removing_expired(Timestamp now) {
  return {purge("session", "expires_at", now, sessions_at_once),
          purge("revocation", "expires_at", now, rows_at_once)};
}

Query removing_expired_sign_in_codes(Timestamp now) {
  return purge("sign_in_code", "expires_at", now, rows_at_once);
}

}  // namespace cloudcart::postgres
