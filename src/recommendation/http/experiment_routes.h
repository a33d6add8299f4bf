#pragma once

#include <vector>

#include "http/router.h"
#include "recommendation/app/experiment_app.h"

namespace cloudcart::recommendation {

/// /api/ai/experiments… and /api/ai/feedback; `app` must outlive them.
std::vector<http::Route> experiment_routes(ExperimentApp& app);

}  // namespace cloudcart::recommendation
