#include "user/app/issue_sign_in_code.h"

#include "user/app/opaque_secret.h"

namespace cloudcart::user {

Task<Result<std::string>> IssueSignInCode::operator()(Caller caller, UserId user) {
  auto code = new_opaque_secret();
  const auto now = clock_.now();
  CLOUDCART_CO_CHECK(co_await sessions_.add_sign_in_code({.tenant = caller.tenant,
                                                          .hash = hash_of_secret(code),
                                                          .user = user,
                                                          .created_at = now,
                                                          .expires_at = now + lifetime_},
                                                         caller.deadline));
  co_return code;
}

}  // namespace cloudcart::user
