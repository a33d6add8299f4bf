#include "adapters/memory/audit/memory_audit_trail.h"

#include <algorithm>
#include <ranges>

namespace cloudcart::memory {

Task<Result<audit::Link>> MemoryAuditTrail::append(TenantId tenant, std::string entry, Deadline) {
  if (failure_) co_return fail(*failure_);
  auto& head = heads_.try_emplace(tenant, audit::Head{.tenant = tenant}).first->second;
  auto link = audit::next_link(head, std::move(entry));
  head.seq = link.seq;
  head.hash = link.hash;
  rows_[tenant].push_back(link);
  co_return link;
}

Task<Result<std::vector<audit::Link>>> MemoryAuditTrail::read(TenantId tenant, audit::LinkQuery query,
                                                              Deadline) {
  const auto wanted = [&](const audit::Link& link) {
    return query.after ? link.seq > *query.after : !query.before || link.seq < *query.before;
  };
  std::vector<audit::Link> links;
  std::ranges::copy_if(rows_[tenant], std::back_inserter(links), wanted);
  if (!query.after) std::ranges::reverse(links);
  if (std::ssize(links) > query.limit) links.resize(static_cast<std::size_t>(query.limit));
  co_return links;
}

Task<Result<std::vector<audit::Head>>> MemoryAuditTrail::heads(Deadline) {
  std::vector<audit::Head> heads;
  std::ranges::copy(std::views::values(heads_), std::back_inserter(heads));
  co_return heads;
}

}  // namespace cloudcart::memory
