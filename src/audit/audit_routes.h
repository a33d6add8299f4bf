#pragma once

#include <string_view>
#include <vector>

#include "audit/audit_trail.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "http/router.h"

namespace cloudcart::audit {

/// The trail of a service: GET /api/audit/<service> for admins, POST /internal/audit for commands of the operator.
std::vector<http::Route> audit_routes(std::string_view service, AuditTrail& trail, const Clock& clock,
                                      IdGenerator& ids);

}  // namespace cloudcart::audit
