#pragma once

#include <vector>

#include "analytics/app/analytics_app.h"
#include "http/router.h"

namespace cloudcart::analytics {

/// What keeps the figures whole: events that could not be added up, and building everything anew.
std::vector<http::Route> upkeep_routes(AnalyticsApp& app);

}  // namespace cloudcart::analytics
