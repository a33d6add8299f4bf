#pragma once

#include <vector>

#include "adapters/postgres/store/query.h"

/// What has expired is removed by those who add, a few rows at a time, without waiting for rows that others have locked.
namespace cloudcart::postgres {

/// Of sessions and the feed of revocations; to go with each new session.
std::vector<Query> removing_expired(Timestamp now);

/// To go with each new sign-in code.
Query removing_expired_sign_in_codes(Timestamp now);

}  // namespace cloudcart::postgres
