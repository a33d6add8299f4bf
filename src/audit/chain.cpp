#include "audit/chain.h"

#include <fmt/format.h>

#include "core/bytes.h"
#include "core/sha256.h"

namespace cloudcart::audit {
namespace {

std::string hash_of(const TenantId& tenant, std::int64_t seq, std::string_view previous,
                    std::string_view entry) {
  // With the lengths before the texts no two rows are the same bytes.
  std::string bytes;
  put_text(bytes, tenant.value);
  put_bytes(bytes, seq);
  put_text(bytes, previous);
  put_text(bytes, entry);
  return to_bytes(sha256(bytes));
}

}  // namespace

std::string hash_before_all() {
  return to_bytes(Sha256Digest{});
}

Link next_link(const Head& head, std::string entry) {
  auto hash = hash_of(head.tenant, head.seq + 1, head.hash, entry);
  return {head.seq + 1, std::move(entry), head.hash, std::move(hash)};
}

std::optional<std::string> ChainReader::follow(const Link& link) {
  if (link.seq != head_.seq + 1)
    return fmt::format("row {} is missing; row {} follows", head_.seq + 1, link.seq);
  if (link.previous != head_.hash)
    return fmt::format("row {} does not hold the hash of the row before it", link.seq);
  if (link.hash != hash_of(head_.tenant, link.seq, link.previous, link.entry))
    return fmt::format("row {} was changed: its hash is not that of what it says", link.seq);
  head_.seq = link.seq;
  head_.hash = link.hash;
  return std::nullopt;
}

}  // namespace cloudcart::audit
