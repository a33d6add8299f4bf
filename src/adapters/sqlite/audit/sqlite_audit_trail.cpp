#include "adapters/sqlite/audit/sqlite_audit_trail.h"

#include <limits>

#include <fmt/format.h>

namespace cloudcart::sqlite {

using audit::Head;
using audit::Link;

SqliteAuditTrail::SqliteAuditTrail(Store& store, std::string_view service)
    : store_(store),
      select_head_(fmt::format("SELECT seq, hash FROM {}_audit_head WHERE tenant = ?", service)),
      insert_(fmt::format("INSERT INTO {}_audit(tenant, seq, entry, previous, hash) VALUES(?, ?, ?, ?, ?)",
                          service)),
      update_head_(
          fmt::format("INSERT OR REPLACE INTO {}_audit_head(tenant, seq, hash) VALUES(?, ?, ?)", service)),
      select_upwards_(fmt::format("SELECT seq, entry, previous, hash FROM {}_audit"
                                  " WHERE tenant = ? AND seq > ? ORDER BY seq LIMIT ?",
                                  service)),
      select_downwards_(fmt::format("SELECT seq, entry, previous, hash FROM {}_audit"
                                    " WHERE tenant = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
                                    service)),
      select_heads_(fmt::format("SELECT tenant, seq, hash FROM {}_audit_head ORDER BY tenant", service)) {}

Task<Result<Link>> SqliteAuditTrail::append(TenantId tenant, std::string entry, Deadline deadline) {
  return store_.write(
      deadline,
      [this, tenant = std::move(tenant), entry = std::move(entry)](Connection& connection) -> Result<Link> {
        Head head{.tenant = tenant};
        {
          auto row = connection.prepare(select_head_);
          row.bind(tenant.value);
          if (row.step()) head = {tenant, row.integer(0), row.string(1)};
        }
        auto link = audit::next_link(head, entry);
        connection.prepare(insert_)
            .bind_all(tenant.value, link.seq, link.entry)
            .bind_blob(link.previous)
            .bind_blob(link.hash)
            .run();
        connection.prepare(update_head_).bind_all(tenant.value, link.seq).bind_blob(link.hash).run();
        return link;
      });
}

Task<Result<std::vector<Link>>> SqliteAuditTrail::read(TenantId tenant, audit::LinkQuery query,
                                                       Deadline deadline) {
  return store_.read(
      deadline,
      [this, tenant = std::move(tenant), query](Connection& connection) -> Result<std::vector<Link>> {
        auto rows = connection.prepare(query.after ? select_upwards_ : select_downwards_);
        const auto from =
            query.after ? *query.after : query.before.value_or(std::numeric_limits<std::int64_t>::max());
        rows.bind_all(tenant.value, from, query.limit);
        std::vector<Link> links;
        while (rows.step())
          links.push_back({rows.integer(0), rows.string(1), rows.string(2), rows.string(3)});
        return links;
      });
}

Task<Result<std::vector<Head>>> SqliteAuditTrail::heads(Deadline deadline) {
  return store_.read(deadline, [this](Connection& connection) -> Result<std::vector<Head>> {
    auto rows = connection.prepare(select_heads_);
    std::vector<Head> heads;
    while (rows.step()) heads.push_back({{rows.string(0)}, rows.integer(1), rows.string(2)});
    return heads;
  });
}

}  // namespace cloudcart::sqlite
