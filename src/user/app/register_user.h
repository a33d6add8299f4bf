#pragma once

#include "user/app/session_issuer.h"
#include "user/ports/password_hasher.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

/// Fields that keep account_rules.h.
struct Registration {
  std::string email;
  std::string password;
  std::string first_name;
  std::string last_name;
};

/// Opens a customer's account and signs it in, both or neither.
class RegisterUser {
 public:
  RegisterUser(UserRepository& users, PasswordHasher& hasher, SessionIssuer& issuer, const Clock& clock,
               IdGenerator& ids)
      : users_(users), hasher_(hasher), issuer_(issuer), clock_(clock), ids_(ids) {}

  /// Errors: conflict when the e-mail is taken.
  Task<Result<SignedIn>> operator()(Caller caller, Registration registration);

 private:
  UserRepository& users_;
  PasswordHasher& hasher_;
  SessionIssuer& issuer_;
  const Clock& clock_;
  IdGenerator& ids_;
};

}  // namespace cloudcart::user
