#pragma once

#include <vector>

#include "analytics/app/system_app.h"
#include "http/router.h"

namespace cloudcart::analytics {

/// The routes of SystemApp; `app` must outlive them.
std::vector<http::Route> system_routes(SystemApp& app);

}  // namespace cloudcart::analytics
