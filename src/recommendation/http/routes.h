#pragma once

#include <vector>

#include "http/router.h"
#include "recommendation/app/recommendation_app.h"

namespace cloudcart::recommendation {

/// /api/ai/…; `app` outlives the routes.
std::vector<http::Route> recommendation_routes(RecommendationApp& app);

/// The `data` of GET /api/ai/model/status.
JsonWriter model_status_json(const ModelDescription& model);

}  // namespace cloudcart::recommendation
