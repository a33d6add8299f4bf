#pragma once

#include <vector>

#include "audit/audit_trail.h"

namespace cloudcart::audit {

struct Verdict {
  Head head;                               ///< as far as the chain is whole
  std::optional<std::string> first_fault;  ///< names the first row that is not as it was written
};

/// Reads a whole chain. `stored` is what heads() says of it, empty when nothing; `known` are heads of the same shop
/// that were kept elsewhere: the chain must go on from each of them.
Task<Result<Verdict>> verify_chain(AuditTrail& trail, TenantId tenant, std::optional<Head> stored,
                                   std::vector<Head> known, Deadline deadline);

}  // namespace cloudcart::audit
