#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/revocation.h"
#include "core/result.h"
#include "privacy/erasure.h"
#include "runtime/task.h"

namespace cloudcart::user {

struct ErasureRequest {
  TenantId tenant;
  UserId user;
  bool by_owner = false;
  Timestamp at;
  std::string receipt_hash;  ///< SHA-256 of what whoever asked may look at the state with
};

struct ErasedAccount {
  privacy::ErasureState state;
  bool is_new = false;  ///< else there is an erasure already, and its receipt is the one of then
  std::vector<auth::Revocation> revoked;  ///< in the feed already; to be applied in this process at once
};

/// The accounts that were erased, and how far what other services hold of them is. Atomicity, tenants and common errors
/// as in UserRepository. Entries stay for good: an import does not bring an erased account back, and after a restore
/// they say what is to be erased again.
class ErasureRepository {
 public:
  static constexpr std::int64_t batch = 100;

  virtual ~ErasureRepository() = default;

  /// Removes the account with its sessions and sign-in codes, revokes its tokens and enters the erasure, all or nothing.
  /// An account that is there in spite of an erasure, as after a restore, is removed as well, and its erasure begins
  /// anew: requested at `at`, nothing of it done.
  /// Errors: not_found when there is neither such an account nor an erasure of it.
  virtual Task<Result<ErasedAccount>> erase(ErasureRequest request, Deadline deadline) = 0;
  virtual Task<Result<std::optional<privacy::ErasureState>>> find(TenantId tenant, UserId user,
                                                                  Deadline deadline) = 0;
  virtual Task<Result<std::optional<privacy::ErasureState>>> find_by_receipt(TenantId tenant,
                                                                             std::string receipt_hash,
                                                                             Deadline deadline) = 0;

  /// As in privacy::ErasureFeed; up to `limit`.
  virtual Task<Result<privacy::ErasureBatch>> read(std::int64_t after, std::int64_t limit,
                                                   Deadline deadline) = 0;
  virtual Task<Result<std::vector<privacy::Erasure>>> outstanding(privacy::Holder holder,
                                                                  Timestamp reported_before,
                                                                  std::int64_t limit, Deadline deadline) = 0;
  /// What was done stays so. A report on nobody's erasure changes nothing.
  virtual Task<Status> report(privacy::ErasureReport report, Deadline deadline) = 0;
  /// All erasures are outstanding again, of all tenants and holders: something older was restored. Answers how many
  /// there are.
  virtual Task<Result<std::int64_t>> repeat_all(Deadline deadline) = 0;

  /// Makes sure that nothing that was removed is left in the store's own files, as far as that is in its power.
  virtual Task<Status> forget_deleted(Deadline deadline) = 0;
};

}  // namespace cloudcart::user
