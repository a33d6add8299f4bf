#pragma once

#include <vector>

#include "audit/audit_trail.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "http/router.h"

namespace cloudcart::audit {

/// The same routes; what the staff do by them is recorded, as each route declares (http::Audit).
///
/// Before the handler runs an entry with the outcome "begun" is on disk: without it the request is refused, and nothing
/// is done that nobody could find. Before the answer a second one with the outcome follows. Where that one is missing,
/// the process died or the store failed meanwhile, and the action may have been done.
///
/// Recorded are calls by analysts, staff and admins, and by services where the route is theirs; customers are not
/// recorded. On a route for anyone, which strangers may call as often as they like, the handler says on whose behalf it
/// acts (Request::begin_audit), and from then on it is recorded in the same way; where it does not, only what succeeded is.
std::vector<http::Route> audited(std::vector<http::Route> routes, AuditTrail& trail, const Clock& clock,
                                 IdGenerator& ids);

/// What the trail calls a request: by its id where that is a UUID. Others are chosen by clients, may say anything, and
/// could never be taken out again; then a new one, and the log says which.
std::string id_in_trail(const http::Request& request, IdGenerator& ids);

}  // namespace cloudcart::audit
