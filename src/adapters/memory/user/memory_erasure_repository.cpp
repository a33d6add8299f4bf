#include "adapters/memory/user/memory_erasure_repository.h"

#include <algorithm>

namespace cloudcart::memory {
namespace {

privacy::ErasureState::Part& part_of(MemoryUserStore::ErasedUser& entry, privacy::Holder holder) {
  return *std::ranges::find(entry.state.parts, holder, &privacy::ErasureState::Part::holder);
}

void make_outstanding(MemoryUserStore::ErasedUser& entry) {
  for (auto& part : entry.state.parts) {
    part.erased = {};
    part.reported_at.reset();
  }
}

MemoryUserStore::ErasedUser new_entry(std::int64_t seq, const user::ErasureRequest& request) {
  MemoryUserStore::ErasedUser entry{.state = {}, .receipt_hash = request.receipt_hash};
  entry.state.erasure = {
      .seq = seq, .tenant = request.tenant, .user = request.user, .requested_at = request.at};
  entry.state.by_owner = request.by_owner;
  for (const auto holder : privacy::all_holders) {
    entry.state.parts.emplace_back();
    entry.state.parts.back().holder = holder;
  }
  return entry;
}

}  // namespace

Task<Result<user::ErasedAccount>> MemoryErasureRepository::erase(user::ErasureRequest request, Deadline) {
  auto* entry = store_.find_erased(request.tenant, request.user);
  auto* account = store_.find(request.tenant, request.user);
  if (!account && !entry) co_return fail(Error::not_found("Account"));
  user::ErasedAccount erased{
      .state = entry ? entry->state : privacy::ErasureState{}, .is_new = !entry, .revoked = {}};
  if (!account) co_return erased;
  user::apply(user::AccountChange{.role = {}, .is_active = false, .password_hash = {}}, request.at, *account);
  const auto sessions = store_.sessions_of(request.tenant, request.user);
  if (!sessions.empty()) {
    const auto last = std::ranges::max(sessions, {}, &user::Session::access_expires_at).access_expires_at;
    erased.revoked.push_back(store_.record({.tenant = request.tenant,
                                            .what = auth::RightsChanged{request.user, account->rights_since},
                                            .expires_at = last}));
  }
  for (const auto& session : sessions) store_.sessions.erase({request.tenant.value, session.id});
  std::erase_if(store_.codes, [&](const auto& code) {
    return code.second.tenant == request.tenant && code.second.user == request.user;
  });
  store_.users.erase({request.tenant.value, request.user});
  if (entry) {
    entry->state.erasure.requested_at = request.at;
    make_outstanding(*entry);
  } else {
    entry = &store_.erased.emplace_back(new_entry(std::ssize(store_.erased) + 1, request));
  }
  erased.state = entry->state;
  co_return erased;
}

Task<Result<std::optional<privacy::ErasureState>>> MemoryErasureRepository::find(TenantId tenant, UserId user,
                                                                                 Deadline) {
  const auto* entry = store_.find_erased(tenant, user);
  co_return entry ? std::optional(entry->state) : std::nullopt;
}

Task<Result<std::optional<privacy::ErasureState>>> MemoryErasureRepository::find_by_receipt(
    TenantId tenant, std::string receipt_hash, Deadline) {
  for (const auto& entry : store_.erased)
    if (entry.state.erasure.tenant == tenant && entry.receipt_hash == receipt_hash) co_return entry.state;
  co_return std::nullopt;
}

Task<Result<privacy::ErasureBatch>> MemoryErasureRepository::read(std::int64_t after, std::int64_t limit,
                                                                  Deadline) {
  privacy::ErasureBatch batch{.erasures = {}, .last = after, .highest = std::ssize(store_.erased)};
  for (const auto& entry : store_.erased) {
    if (entry.state.erasure.seq <= after || std::ssize(batch.erasures) == limit) continue;
    batch.erasures.push_back(entry.state.erasure);
    batch.last = entry.state.erasure.seq;
  }
  co_return batch;
}

Task<Result<std::vector<privacy::Erasure>>> MemoryErasureRepository::outstanding(privacy::Holder holder,
                                                                                 Timestamp reported_before,
                                                                                 std::int64_t limit,
                                                                                 Deadline) {
  std::vector<std::pair<Timestamp, privacy::Erasure>> found;
  for (auto& entry : store_.erased) {
    const auto& part = part_of(entry, holder);
    if (!part.erased.is_done && (!part.reported_at || *part.reported_at <= reported_before))
      found.emplace_back(part.reported_at.value_or(Timestamp{}), entry.state.erasure);
  }
  std::ranges::sort(found, {}, [](const auto& one) { return std::pair(one.first, one.second.seq); });
  std::vector<privacy::Erasure> erasures;
  for (auto& [at, erasure] : found)
    if (std::ssize(erasures) < limit) erasures.push_back(std::move(erasure));
  co_return erasures;
}

Task<Status> MemoryErasureRepository::report(privacy::ErasureReport report, Deadline) {
  auto* entry = store_.find_erased(report.tenant, report.user);
  if (!entry) co_return Status{};
  auto& part = part_of(*entry, report.holder);
  if (!part.erased.is_done) {
    part.erased = report.erased;
    part.reported_at = report.at;
  }
  co_return Status{};
}

Task<Result<std::int64_t>> MemoryErasureRepository::repeat_all(Deadline) {
  for (auto& entry : store_.erased) make_outstanding(entry);
  co_return std::ssize(store_.erased);
}

Task<Status> MemoryErasureRepository::forget_deleted(Deadline) {
  co_return Status{};
}

}  // namespace cloudcart::memory
