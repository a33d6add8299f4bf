#pragma once

#include <string>

#include "app/platform/ground.h"
#include "audit/audit_trail.h"

namespace cloudcart::app {

/// Records what a command does that no service sees, in the audit trail of the user service: by the process that serves
/// the data folder, else in the store itself. Errors: those of the store; not_found where there is no user service's
/// store to write to.
Status record_in_audit(Ground& ground, const std::string& action, const std::string& target,
                       const std::string& outcome);

/// The same in a trail that this process has open.
Status record_in_trail(Ground& ground, audit::AuditTrail& trail, const std::string& action,
                       const std::string& target, const std::string& outcome);

}  // namespace cloudcart::app
