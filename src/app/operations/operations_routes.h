#pragma once

#include <vector>

#include "app/operations/health.h"
#include "core/clock.h"
#include "core/shop.h"
#include "http/router.h"
#include "runtime/metrics.h"

namespace cloudcart::app {

/// GET /health, /ready, /metrics.
std::vector<http::Route> operations_routes(HealthSource source, const Clock& clock, const Metrics& metrics);

/// GET /api/shop.
std::vector<http::Route> shop_routes(Shop shop);

}  // namespace cloudcart::app
