#pragma once

#include "auth/revocations.h"
#include "core/clock.h"
#include "privacy/erasure_follower.h"
#include "user/app/check_password.h"
#include "user/ports/erasure_repository.h"

namespace cloudcart::user {

struct ErasureAsked {
  UserId user;
  std::string password;  ///< of the account, when it is the caller's own
  std::string address;   ///< as in Credentials
};

struct AskedErasure {
  privacy::ErasureState state;
  /// Whoever has it may look at the state; empty where the account had been erased before.
  std::optional<std::string> receipt;
};

/// Erases an account: it is gone when this answers, its tokens are dead, and what other services hold follows. The owner
/// confirms it by the password; an admin may for others, and the operator for all.
class EraseAccount {
 public:
  EraseAccount(ErasureRepository& erasures, CheckPassword& check_password, auth::Revocations& revocations,
               const Clock& clock)
      : erasures_(erasures), check_password_(check_password), revocations_(revocations), clock_(clock) {}

  /// Errors: not_found, also for somebody else's account unless the caller is an admin; validation_failed (field
  /// password) when it is not the account's; conflict when admins ask for their own, which could leave a shop without any;
  /// rate_limited.
  Task<Result<AskedErasure>> operator()(Caller caller, ErasureAsked asked);
  /// For whoever may: nothing is asked. Errors: not_found.
  Task<Result<AskedErasure>> as_operator(Caller caller, UserId user);
  /// Every erasure is carried out once more, for a restore may have brought back what was erased. Answers how many.
  Task<Result<std::int64_t>> repeat_all(Caller caller);

 private:
  Task<Result<AskedErasure>> erase(Caller caller, UserId user, bool by_owner);

  ErasureRepository& erasures_;
  CheckPassword& check_password_;
  auth::Revocations& revocations_;
  const Clock& clock_;
};

/// How far an erasure is.
class ReadErasure {
 public:
  explicit ReadErasure(ErasureRepository& erasures) : erasures_(erasures) {}
  /// Who may is the route's policy. Errors: not_found.
  Task<Result<privacy::ErasureState>> operator()(Caller caller, UserId user);
  /// Errors: not_found.
  Task<Result<privacy::ErasureState>> by_receipt(Caller caller, std::string receipt);

 private:
  ErasureRepository& erasures_;
};

/// The feed read from the repository itself: what other processes get over HTTP.
class ErasuresOfRepository final : public privacy::ErasureFeed {
 public:
  explicit ErasuresOfRepository(ErasureRepository& erasures) : erasures_(erasures) {}
  Task<Result<privacy::ErasureBatch>> read(std::int64_t after, Deadline deadline) override;
  Task<Result<std::vector<privacy::Erasure>>> outstanding(privacy::Holder holder, Timestamp reported_before,
                                                          Deadline deadline) override;
  Task<Status> report(privacy::ErasureReport report, Deadline deadline) override;

 private:
  ErasureRepository& erasures_;
};

/// The user service's own part, after the account is gone: nothing of it is left in the store's files.
class ForgetAccount final : public privacy::ErasureHandler {
 public:
  explicit ForgetAccount(ErasureRepository& erasures) : erasures_(erasures) {}
  Task<Result<privacy::Erased>> erase(privacy::Erasure erasure, Deadline deadline) override;

 private:
  ErasureRepository& erasures_;
};

}  // namespace cloudcart::user
