#include "adapters/postgres/audit/postgres_audit_trail.h"

#include <limits>

#include <fmt/format.h>

namespace cloudcart::postgres {

using audit::Head;
using audit::Link;

PostgresAuditTrail::PostgresAuditTrail(Store& store, std::string_view service)
    : store_(store),
      add_head_(fmt::format(
          "INSERT INTO {}_audit_head(tenant, seq, hash) VALUES($1, 0, $2) ON CONFLICT DO NOTHING", service)),
      select_head_(fmt::format("SELECT seq, hash FROM {}_audit_head WHERE tenant = $1 FOR UPDATE", service)),
      insert_(fmt::format(
          "INSERT INTO {}_audit(tenant, seq, entry, previous, hash) VALUES($1, $2, $3, $4, $5)", service)),
      update_head_(fmt::format("UPDATE {}_audit_head SET seq = $2, hash = $3 WHERE tenant = $1", service)),
      select_upwards_(fmt::format("SELECT seq, entry, previous, hash FROM {}_audit"
                                  " WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3",
                                  service)),
      select_downwards_(fmt::format("SELECT seq, entry, previous, hash FROM {}_audit"
                                    " WHERE tenant = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3",
                                    service)),
      select_heads_(fmt::format("SELECT tenant, seq, hash FROM {}_audit_head ORDER BY tenant", service)) {}

Task<Result<Link>> PostgresAuditTrail::append(TenantId tenant, std::string entry, Deadline deadline) {
  return store_.write(
      deadline,
      [this, tenant = std::move(tenant),
       entry = std::move(entry)](Session& transaction) -> Task<Result<Link>> {
        std::vector<Query> first{query(add_head_, tenant.value, Bytes{audit::hash_before_all()}),
                                 query(select_head_, tenant.value)};
        const auto answers = co_await transaction.run_all(std::move(first));
        const auto row = answers[1][0];
        auto link = audit::next_link({tenant, row.integer(0), row.string(1)}, entry);
        std::vector<Query> last{
            query(insert_, tenant.value, link.seq, link.entry, Bytes{link.previous}, Bytes{link.hash}),
            query(update_head_, tenant.value, link.seq, Bytes{link.hash})};
        co_await transaction.commit(std::move(last));
        co_return link;
      });
}

Task<Result<std::vector<Link>>> PostgresAuditTrail::read(TenantId tenant, audit::LinkQuery wanted,
                                                         Deadline deadline) {
  const auto from =
      wanted.after ? *wanted.after : wanted.before.value_or(std::numeric_limits<std::int64_t>::max());
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, query(wanted.after ? select_upwards_ : select_downwards_,
                                                       tenant.value, from, wanted.limit)));
  std::vector<Link> links;
  for (const auto row : rows) links.push_back({row.integer(0), row.string(1), row.string(2), row.string(3)});
  co_return links;
}

Task<Result<std::vector<Head>>> PostgresAuditTrail::heads(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, query(select_heads_)));
  std::vector<Head> heads;
  for (const auto row : rows) heads.push_back({{row.string(0)}, row.integer(1), row.string(2)});
  co_return heads;
}

}  // namespace cloudcart::postgres
