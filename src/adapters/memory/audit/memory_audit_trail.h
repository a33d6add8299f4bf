#pragma once

#include <map>

#include "audit/audit_trail.h"

namespace cloudcart::memory {

/// For tests: on one thread, every call done at once.
class MemoryAuditTrail final : public audit::AuditTrail {
 public:
  Task<Result<audit::Link>> append(TenantId tenant, std::string entry, Deadline deadline) override;
  Task<Result<std::vector<audit::Link>>> read(TenantId tenant, audit::LinkQuery query,
                                              Deadline deadline) override;
  Task<Result<std::vector<audit::Head>>> heads(Deadline deadline) override;

  /// From now on every append fails with this.
  void fail_appends(std::optional<Error> error) { failure_ = std::move(error); }
  /// What a chain must notice.
  std::vector<audit::Link>& rows_of(const TenantId& tenant) { return rows_[tenant]; }

 private:
  std::map<TenantId, std::vector<audit::Link>> rows_;
  std::map<TenantId, audit::Head> heads_;
  std::optional<Error> failure_;
};

}  // namespace cloudcart::memory
