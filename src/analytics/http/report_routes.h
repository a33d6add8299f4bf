#pragma once

#include <vector>

#include "analytics/app/analytics_app.h"
#include "http/router.h"

namespace cloudcart::analytics {

/// The routes under /api/analytics/reports; `app` must outlive them.
std::vector<http::Route> report_routes(AnalyticsApp& app);

}  // namespace cloudcart::analytics
