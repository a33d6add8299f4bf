#pragma once

#include "adapters/sqlite/store/store.h"
#include "user/ports/erasure_repository.h"

namespace cloudcart::sqlite {

/// On the store `user`.
class SqliteErasureRepository final : public user::ErasureRepository {
 public:
  explicit SqliteErasureRepository(Store& store) : store_(store) {}

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
  Store& store_;
};

}  // namespace cloudcart::sqlite
