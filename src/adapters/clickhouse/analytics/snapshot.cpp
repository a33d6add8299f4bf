#include "adapters/clickhouse/analytics/snapshot.h"

#include <fmt/format.h>

#include "adapters/clickhouse/store/sql.h"

namespace cloudcart::analytics {

std::string shop_rows(std::uint64_t generation, const TenantId& tenant) {
  return fmt::format("generation = {} AND tenant = {}", generation, clickhouse::literal(tenant.value));
}

std::string seen_rows(const Snapshot& snapshot, const TenantId& tenant) {
  return fmt::format("{} AND precedence >= {}", shop_rows(snapshot.generation, tenant),
                     precedence_of(snapshot.position));
}

}  // namespace cloudcart::analytics
