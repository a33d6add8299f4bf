#pragma once

#include "adapters/memory/user/memory_user_store.h"
#include "user/ports/setup_repository.h"

namespace cloudcart::memory {

/// For tests and simulations: on one thread, every call done at once.
class MemorySetupRepository final : public user::SetupRepository {
 public:
  explicit MemorySetupRepository(MemoryUserStore& store) : store_(store) {}

  Task<Result<bool>> offer(user::SetupToken token, Deadline deadline) override;
  Task<Result<bool>> is_open(TenantId tenant, Timestamp now, Deadline deadline) override;
  Task<Result<bool>> is_good(TenantId tenant, std::string token_hash, Timestamp now,
                             Deadline deadline) override;
  Task<Result<bool>> take(std::string token_hash, user::User admin, user::Session session,
                          Deadline deadline) override;

 private:
  bool has_admin(const TenantId& tenant) const;
  bool has_token(const TenantId& tenant, Timestamp now) const;

  MemoryUserStore& store_;
};

}  // namespace cloudcart::memory
