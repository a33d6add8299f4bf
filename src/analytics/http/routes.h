#pragma once

#include <vector>

#include "analytics/app/analytics_app.h"
#include "http/router.h"

namespace cloudcart::analytics {

/// The routes of the analytics service; `app` must outlive them.
std::vector<http::Route> analytics_routes(AnalyticsApp& app);

}  // namespace cloudcart::analytics
