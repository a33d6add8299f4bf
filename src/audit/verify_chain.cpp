#include "audit/verify_chain.h"

#include <fmt/format.h>

namespace cloudcart::audit {
namespace {

constexpr std::int64_t batch = 1'000;

std::optional<std::string> contradiction(const Head& reached, const std::vector<Head>& known) {
  for (const auto& head : known)
    if (head.seq == reached.seq && head.hash != reached.hash)
      return fmt::format("row {} is another one than the one whose hash was kept", head.seq);
  return std::nullopt;
}

std::optional<std::string> cut_off(const Head& reached, const std::vector<Head>& known) {
  for (const auto& head : known)
    if (head.seq > reached.seq)
      return fmt::format("row {} is missing: there were {} of them", reached.seq + 1, head.seq);
  return std::nullopt;
}

}  // namespace

Task<Result<Verdict>> verify_chain(AuditTrail& trail, TenantId tenant, std::optional<Head> stored,
                                   std::vector<Head> known, Deadline deadline) {
  if (stored) known.push_back(*stored);
  ChainReader reader(tenant);
  for (;;) {
    CLOUDCART_CO_TRY(const auto links,
                     co_await trail.read(tenant, {.limit = batch, .after = reader.head().seq}, deadline));
    if (links.empty()) break;
    for (const auto& link : links) {
      auto fault = reader.follow(link);
      if (!fault) fault = contradiction(reader.head(), known);
      if (fault) co_return Verdict{reader.head(), std::move(fault)};
    }
  }
  auto fault = cut_off(reader.head(), known);
  if (!fault && !stored && reader.head().seq > 0) fault = "the chain's own head is missing";
  co_return Verdict{reader.head(), std::move(fault)};
}

}  // namespace cloudcart::audit
