#pragma once

#include "adapters/sqlite/store/store.h"
#include "user/ports/session_repository.h"

namespace cloudcart::sqlite {

/// On the store `user`.
class SqliteSessionRepository final : public user::SessionRepository {
 public:
  explicit SqliteSessionRepository(Store& store) : store_(store) {}

  Task<Result<user::OpenedSession>> open(user::Session session, Deadline deadline) override;
  Task<Result<user::RefreshOutcome>> refresh(user::RefreshRequest request, Deadline deadline) override;
  Task<Result<std::vector<auth::Revocation>>> end(TenantId tenant, SessionId session,
                                                  Deadline deadline) override;
  Task<Result<std::vector<user::Session>>> of_user(TenantId tenant, UserId user, Deadline deadline) override;
  Task<Status> add_sign_in_code(user::SignInCode code, Deadline deadline) override;
  Task<Result<std::optional<user::User>>> owner_of_code(TenantId tenant, std::string code_hash,
                                                        user::CodePurpose purpose, Timestamp now,
                                                        Deadline deadline) override;
  Task<Result<std::optional<user::OpenedSession>>> open_by_code(std::string code_hash,
                                                                user::CodePurpose purpose,
                                                                user::Session session,
                                                                Deadline deadline) override;
  Task<Result<auth::RevocationBatch>> revocations(std::int64_t after, std::int64_t limit, Timestamp now,
                                                  Deadline deadline) override;

 private:
  Store& store_;
};

}  // namespace cloudcart::sqlite
