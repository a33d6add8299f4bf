#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/shop.h"
#include "http/client.h"
#include "http/router.h"
#include "runtime/metrics.h"

namespace cloudcart::app {

/// What one server tells of itself.
struct HealthSource {
  std::string service;
  MonotonicTime started_at;
  /// Name → well or not. Asked at each request, so they answer from memory.
  std::map<std::string, std::function<bool()>> dependencies;
  /// For gateways: the services behind it, by HTTP where they run elsewhere. Null client: in this process.
  std::map<std::string, http::Client*> services;
  std::function<bool()> ready;
};

/// GET /health, /ready, /metrics.
std::vector<http::Route> operations_routes(HealthSource source, const Clock& clock, const Metrics& metrics);

/// GET /api/shop.
std::vector<http::Route> shop_routes(Shop shop);

}  // namespace cloudcart::app
