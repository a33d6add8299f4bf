#pragma once

#include "analytics/domain/query.h"
#include "http/message.h"

namespace cloudcart::analytics {

/// The body of POST /api/analytics/query. Errors: those of json_body(), and validation_failed with all violations.
Result<Query> read_query(const http::Request& request);

}  // namespace cloudcart::analytics
