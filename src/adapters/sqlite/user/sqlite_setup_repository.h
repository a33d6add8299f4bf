#pragma once

#include "adapters/sqlite/store/store.h"
#include "user/ports/setup_repository.h"

namespace cloudcart::sqlite {

class SqliteSetupRepository final : public user::SetupRepository {
 public:
  explicit SqliteSetupRepository(Store& store) : store_(store) {}

  Task<Result<bool>> offer(user::SetupToken token, Deadline deadline) override;
  Task<Result<bool>> is_open(TenantId tenant, Timestamp now, Deadline deadline) override;
  Task<Result<bool>> is_good(TenantId tenant, std::string token_hash, Timestamp now,
                             Deadline deadline) override;
  Task<Result<bool>> take(std::string token_hash, user::User admin, user::Session session,
                          Deadline deadline) override;

 private:
  Store& store_;
};

}  // namespace cloudcart::sqlite
