#pragma once

#include <string>
#include <vector>

#include "http/message.h"

namespace cloudcart::http {

/// What tells browsers to do nothing with an answer that it is not meant for, where the handler has not said otherwise.
/// `tls`: the listener is reached by HTTPS alone, and browsers are to remember that (HSTS).
void add_security_headers(const Request& request, Response& response, bool tls);

/// CORS for `allowed` origins, compared exactly; credentials are never allowed, since tokens go in a header. For a
/// preflight, a request without a route, also what may be asked.
void add_cors_headers(const Request& request, Response& response, const std::vector<std::string>& allowed);

}  // namespace cloudcart::http
