#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "user/domain/session.h"
#include "user/domain/user.h"
#include "user/ports/erasure_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::memory {

/// What the repositories of this folder share: the rows, on one thread.
struct MemoryUserStore {
  struct OpenSession {
    user::Session session;
    std::vector<std::string> token_hashes;  ///< the last one counts, the others are used
  };
  struct ErasedUser {
    privacy::ErasureState state;
    std::string receipt_hash;
  };
  template <class IdType>
  using Key = std::pair<std::string, IdType>;  ///< with the tenant

  std::map<Key<UserId>, user::User> users;
  std::map<Key<SessionId>, OpenSession> sessions;
  std::map<Key<std::string>, user::SignInCode> codes;    ///< by hash
  std::map<std::string, user::SetupToken> setup_tokens;  ///< by tenant
  std::vector<auth::Revocation> revocations;
  std::int64_t last_seq = 0;
  std::vector<ErasedUser> erased;  ///< by seq

  user::User* find(const TenantId& tenant, UserId id);
  ErasedUser* find_erased(const TenantId& tenant, UserId id);
  user::User* find_by_email(const TenantId& tenant, std::string_view email);

  /// Answers what ended to keep the account within its bound.
  std::vector<auth::Revocation> insert(const user::Session& session);
  std::optional<auth::Revocation> end(const TenantId& tenant, SessionId id);
  /// The account's sessions, oldest first.
  std::vector<user::Session> sessions_of(const TenantId& tenant, UserId user) const;
  auth::Revocation record(auth::Revocation revocation);
};

}  // namespace cloudcart::memory
