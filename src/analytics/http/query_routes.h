#pragma once

#include <vector>

#include "analytics/app/analytics_app.h"
#include "http/router.h"

namespace cloudcart::analytics {

/// What can be asked, and asking it.
std::vector<http::Route> query_routes(AnalyticsApp& app);

}  // namespace cloudcart::analytics
