#pragma once

#include "http/message.h"

namespace cloudcart::http {

/// The one map from errors to HTTP status.
int status_of(ErrorCode code);

/// {"success":false,"message","errors"?,"code","request_id"} with Retry-After and Allow where they belong.
Response problem_response(const Error& error, std::string_view request_id);

/// The inverse, for callers of other services: the error that a failure answer carried.
Error error_of_response(int status, std::string_view body);

}  // namespace cloudcart::http
