#pragma once

#include <string>
#include <vector>

#include "http/client.h"
#include "http/router.h"

namespace cloudcart::gateway {

/// That of the routes below `prefix`, as near as can be told without knowing them: the service, which knows them, decides
/// for itself once more.
http::Priority priority_of(std::string_view prefix, http::Method method);

/// Routes that hand every request below `prefix` ("/api/users") to another process, as it is: the service
/// checks tokens and policies itself, and believes the client's address that this process tells it. Event
/// streams are passed through piece by piece, and WebSockets byte by byte once the origin has been checked
/// here.
std::vector<http::Route> proxy_routes(const std::string& prefix, http::Client& upstream,
                                      http::ServiceToken token);

}  // namespace cloudcart::gateway
