#include "user/app/issue_sign_in_code.h"

#include "user/app/opaque_secret.h"
#include "user/domain/account_rules.h"

namespace cloudcart::user {

Task<Result<std::string>> IssueSignInCode::operator()(Caller caller, UserId user) {
  CLOUDCART_CO_TRY(auto issued,
                   co_await issue(std::move(caller), user, CodePurpose::sign_in, options_.code_lifetime));
  co_return std::move(issued.code);
}

Task<Result<IssuedCode>> IssueSignInCode::for_reset(Caller caller, UserId user) {
  std::vector<UserId> wanted{user};
  CLOUDCART_CO_TRY(const auto found, co_await users_.find(caller.tenant, std::move(wanted), caller.deadline));
  if (found.empty()) co_return fail(Error::not_found("Account"));
  if (!found.front().is_active) co_return fail(account_deactivated());
  co_return co_await issue(std::move(caller), user, CodePurpose::reset, options_.reset_lifetime);
}

Task<Result<std::optional<User>>> IssueSignInCode::owner_of(Caller caller, std::string code,
                                                            CodePurpose purpose) {
  return sessions_.owner_of_code(std::move(caller.tenant), hash_of_secret(code), purpose, clock_.now(),
                                 caller.deadline);
}

Task<Result<IssuedCode>> IssueSignInCode::issue(Caller caller, UserId user, CodePurpose purpose,
                                                seconds lifetime) {
  IssuedCode issued{.code = new_opaque_secret(), .expires_at = clock_.now() + lifetime};
  SignInCode code{.tenant = caller.tenant,
                  .hash = hash_of_secret(issued.code),
                  .user = user,
                  .created_at = clock_.now(),
                  .expires_at = issued.expires_at,
                  .purpose = purpose};
  CLOUDCART_CO_CHECK(co_await sessions_.add_sign_in_code(std::move(code), caller.deadline));
  co_return issued;
}

}  // namespace cloudcart::user
