#pragma once

#include "adapters/postgres/store/store.h"
#include "user/ports/user_repository.h"

namespace cloudcart::postgres {

/// On the store `user`.
class PostgresUserRepository final : public user::UserRepository {
 public:
  explicit PostgresUserRepository(Store& store) : store_(store) {}

  Task<Status> add(user::User user, std::optional<user::Session> session, Deadline deadline) override;
  Task<Result<std::vector<user::User>>> find(TenantId tenant, std::vector<UserId> ids,
                                             Deadline deadline) override;
  Task<Result<std::optional<user::User>>> find_by_email(TenantId tenant, std::string email,
                                                        Deadline deadline) override;
  Task<Result<std::vector<user::User>>> search(TenantId tenant, user::UserSearch search,
                                               Deadline deadline) override;
  Task<Result<user::UserPage>> list(TenantId tenant, user::UserPageQuery query, Deadline deadline) override;
  Task<Result<std::int64_t>> count(TenantId tenant, Deadline deadline) override;
  Task<Result<user::User>> change_profile(TenantId tenant, UserId id, user::ProfileChange change,
                                          Timestamp now, Deadline deadline) override;
  Task<Result<user::ChangedAccount>> change_account(TenantId tenant, UserId id, user::AccountChange change,
                                                    Timestamp now, Deadline deadline) override;
  Task<Status> replace_password_hash(TenantId tenant, UserId id, std::string old_hash, std::string new_hash,
                                     Deadline deadline) override;
  Task<Result<std::size_t>> import_users(std::vector<user::User> users, Deadline deadline) override;

 private:
  Store& store_;
};

}  // namespace cloudcart::postgres
