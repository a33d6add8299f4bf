#pragma once

#include <boost/json/value.hpp>

#include "auth/revocation.h"
#include "core/json_writer.h"
#include "core/result.h"

namespace cloudcart::auth {

/// The `data` of GET /internal/revocations: {"revocations":[{seq,tenant,kind:"session",session,expires_at} or
/// {seq,tenant,kind:"user",user_id,not_before,expires_at}],"last"}.
void write_revocations(JsonWriter& json, const RevocationBatch& batch);

/// The inverse. The whole batch is refused when one entry cannot be understood: to skip it would keep dead
/// tokens alive.
Result<RevocationBatch> parse_revocations(const boost::json::value& data);

}  // namespace cloudcart::auth
