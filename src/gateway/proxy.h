#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/router.h"

namespace cloudcart::gateway {

/// Gives the bearer token by which processes of the platform know each other.
using ServiceToken = std::function<std::string(const TenantId&)>;

/// Routes that hand every request below `prefix` ("/api/users") to another process, as it is: the service
/// checks tokens and policies itself, and believes the client's address that this process tells it. Event
/// streams are passed through piece by piece.
std::vector<http::Route> proxy_routes(const std::string& prefix, http::Client& upstream, ServiceToken token);

}  // namespace cloudcart::gateway
