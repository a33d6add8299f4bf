#pragma once

#include "http/message.h"

namespace cloudcart::http {

/// The one map from errors to HTTP status.
int status_of(ErrorCode code);

/// {"success":false,"message","errors"?,"code","request_id"} with Allow where it belongs, and Retry-After with
/// 429 and 503: a moment (1 to 4 s), or what the error says and up to a quarter more, by chance.
Response problem_response(const Error& error, std::string_view request_id);

/// The inverse, for callers of other services: the error that a failure answer carried.
Error error_of_response(int status, std::string_view body);

}  // namespace cloudcart::http
