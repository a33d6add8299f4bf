#pragma once

#include "adapters/memory/user/memory_user_store.h"
#include "user/ports/erasure_repository.h"

namespace cloudcart::memory {

/// For tests and simulations: on one thread, every call done at once.
class MemoryErasureRepository final : public user::ErasureRepository {
 public:
  explicit MemoryErasureRepository(MemoryUserStore& store) : store_(store) {}

  Task<Result<user::ErasedAccount>> erase(user::ErasureRequest request, Deadline deadline) override;
  Task<Result<std::optional<privacy::ErasureState>>> find(TenantId tenant, UserId user,
                                                          Deadline deadline) override;
  Task<Result<std::optional<privacy::ErasureState>>> find_by_receipt(TenantId tenant,
                                                                     std::string receipt_hash,
                                                                     Deadline deadline) override;
  Task<Result<privacy::ErasureBatch>> read(std::int64_t after, std::int64_t limit,
                                           Deadline deadline) override;
  Task<Result<std::vector<privacy::Erasure>>> outstanding(privacy::Holder holder, Timestamp reported_before,
                                                          std::int64_t limit, Deadline deadline) override;
  Task<Status> report(privacy::ErasureReport report, Deadline deadline) override;
  Task<Result<std::int64_t>> repeat_all(Deadline deadline) override;
  Task<Status> forget_deleted(Deadline deadline) override;

 private:
  MemoryUserStore& store_;
};

}  // namespace cloudcart::memory
