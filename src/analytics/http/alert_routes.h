#pragma once

#include <vector>

#include "analytics/app/alert_app.h"
#include "http/router.h"

namespace cloudcart::analytics {

/// The routes of alerts; `app` must outlive them.
std::vector<http::Route> alert_routes(AlertApp& app);

}  // namespace cloudcart::analytics
