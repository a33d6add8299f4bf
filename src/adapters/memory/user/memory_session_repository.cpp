#include "adapters/memory/user/memory_session_repository.h"

#include <algorithm>

#include "user/domain/account_rules.h"

namespace cloudcart::memory {
namespace {

Result<user::OpenedSession> open_session(MemoryUserStore& store, const user::Session& session) {
  const auto* found = store.find(session.tenant, session.user);
  if (!found) return fail(Error::not_found("Account"));
  if (!found->is_active) return fail(user::account_deactivated());
  return user::OpenedSession{*found, store.insert(session)};
}

/// The end where there is none that is good at `now`.
auto find_code(MemoryUserStore& store, const TenantId& tenant, const std::string& hash,
               user::CodePurpose purpose, Timestamp now) {
  const auto code = store.codes.find({tenant.value, hash});
  const bool is_good =
      code != store.codes.end() && code->second.purpose == purpose && code->second.expires_at > now;
  return is_good ? code : store.codes.end();
}

}  // namespace

Task<Result<user::OpenedSession>> MemorySessionRepository::open(user::Session session, Deadline) {
  co_return open_session(store_, session);
}

Task<Result<user::RefreshOutcome>> MemorySessionRepository::refresh(user::RefreshRequest request, Deadline) {
  const auto found = std::ranges::find_if(store_.sessions, [&](const auto& entry) {
    return entry.second.session.tenant == request.tenant &&
           std::ranges::find(entry.second.token_hashes, request.presented_hash) !=
               entry.second.token_hashes.end();
  });
  if (found == store_.sessions.end() || found->second.session.expires_at <= request.now)
    co_return user::RefreshOutcome{};

  auto& [session, hashes] = found->second;
  if (hashes.back() != request.presented_hash)
    co_return user::RefreshOutcome{.revoked = {store_.end(request.tenant, session.id).value()}};

  const auto access_expires_at = std::min(request.access_expires_at, session.expires_at);
  session.access_expires_at = std::max(session.access_expires_at, access_expires_at);
  hashes.push_back(request.next_hash);
  if (std::ssize(hashes) > user::used_tokens_remembered + 1) hashes.erase(hashes.begin());
  co_return user::RefreshOutcome{
      .refreshed =
          user::RefreshedSession{*store_.find(request.tenant, session.user), session.id, access_expires_at}};
}

Task<Result<std::vector<auth::Revocation>>> MemorySessionRepository::end(TenantId tenant, SessionId session,
                                                                         Deadline) {
  std::vector<auth::Revocation> revoked;
  if (auto ended = store_.end(tenant, session)) revoked.push_back(*std::move(ended));
  co_return revoked;
}

Task<Result<std::vector<user::Session>>> MemorySessionRepository::of_user(TenantId tenant, UserId user,
                                                                          Deadline) {
  auto sessions = store_.sessions_of(tenant, user);
  for (auto& session : sessions) session.refresh_hash.clear();
  co_return sessions;
}

Task<Status> MemorySessionRepository::add_sign_in_code(user::SignInCode code, Deadline) {
  std::erase_if(store_.codes, [&](const auto& entry) {
    const auto& other = entry.second;
    return other.expires_at <= code.created_at ||
           (other.tenant == code.tenant && other.user == code.user && other.purpose == code.purpose);
  });
  store_.codes[{code.tenant.value, code.hash}] = code;
  co_return Status{};
}

Task<Result<std::optional<user::User>>> MemorySessionRepository::owner_of_code(TenantId tenant,
                                                                               std::string code_hash,
                                                                               user::CodePurpose purpose,
                                                                               Timestamp now, Deadline) {
  const auto code = find_code(store_, tenant, code_hash, purpose, now);
  if (code == store_.codes.end()) co_return std::nullopt;
  const auto* owner = store_.find(tenant, code->second.user);
  co_return owner ? std::optional(*owner) : std::nullopt;
}

Task<Result<std::optional<user::OpenedSession>>> MemorySessionRepository::open_by_code(
    std::string code_hash, user::CodePurpose purpose, user::Session session, Deadline) {
  const auto found = find_code(store_, session.tenant, code_hash, purpose, session.created_at);
  if (found == store_.codes.end()) co_return std::nullopt;
  session.user = found->second.user;
  CLOUDCART_CO_TRY(auto opened, open_session(store_, session));
  store_.codes.erase(found);
  co_return std::move(opened);
}

Task<Result<auth::RevocationBatch>> MemorySessionRepository::revocations(std::int64_t after,
                                                                         std::int64_t limit, Timestamp now,
                                                                         Deadline) {
  auth::RevocationBatch batch{.revocations = {}, .last = after, .highest = store_.last_seq};
  for (const auto& entry : store_.revocations) {
    if (entry.seq <= after || entry.expires_at <= now) continue;
    if (std::ssize(batch.revocations) == limit) break;
    batch.revocations.push_back(entry);
    batch.last = entry.seq;
  }
  co_return batch;
}

}  // namespace cloudcart::memory
