#pragma once

#include <string>
#include <string_view>

#include "adapters/postgres/store/store.h"
#include "audit/audit_trail.h"

namespace cloudcart::postgres {

class PostgresAuditTrail final : public audit::AuditTrail {
 public:
  /// In the tables <service>_audit and <service>_audit_head of `store`.
  PostgresAuditTrail(Store& store, std::string_view service);

  Task<Result<audit::Link>> append(TenantId tenant, std::string entry, Deadline deadline) override;
  Task<Result<std::vector<audit::Link>>> read(TenantId tenant, audit::LinkQuery query,
                                              Deadline deadline) override;
  Task<Result<std::vector<audit::Head>>> heads(Deadline deadline) override;

 private:
  Store& store_;
  const std::string add_head_, select_head_, insert_, update_head_, select_upwards_, select_downwards_,
      select_heads_;
};

}  // namespace cloudcart::postgres
