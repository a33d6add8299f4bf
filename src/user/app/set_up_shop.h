#pragma once

#include "user/app/register_user.h"
#include "user/ports/setup_repository.h"

namespace cloudcart::user {

/// Makes the first admin of a shop.
class SetUpShop {
 public:
  SetUpShop(SetupRepository& setup, PasswordHasher& hasher, SessionIssuer& issuer, const Clock& clock,
            IdGenerator& ids, SessionOptions options)
      : setup_(setup),
        hasher_(hasher),
        issuer_(issuer),
        clock_(clock),
        ids_(ids),
        lifetime_(options.setup_lifetime) {}

  /// A token to be shown to the operator and to nobody else; empty when the shop has an admin or was offered one
  /// already that is still good.
  Task<Result<std::optional<std::string>>> offer(Caller caller);
  Task<Result<bool>> is_open(Caller caller);
  /// Whether the token makes an admin.
  Task<Result<bool>> is_good(Caller caller, std::string token);
  /// Errors: unauthenticated when the token is not good any more; conflict when the e-mail is taken.
  Task<Result<SignedIn>> operator()(Caller caller, std::string token, Registration admin);

 private:
  SetupRepository& setup_;
  PasswordHasher& hasher_;
  SessionIssuer& issuer_;
  const Clock& clock_;
  IdGenerator& ids_;
  const seconds lifetime_;
};

}  // namespace cloudcart::user
