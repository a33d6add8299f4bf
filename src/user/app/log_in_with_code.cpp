#include "user/app/log_in_with_code.h"

#include "user/app/opaque_secret.h"

namespace cloudcart::user {

Task<Result<SignedIn>> LogInWithCode::operator()(Caller caller, std::string code) {
  auto draft = issuer_.draft(caller.tenant, UserId{});
  CLOUDCART_CO_TRY(auto opened, co_await sessions_.open_by_code(hash_of_secret(code), CodePurpose::sign_in,
                                                                draft.session, caller.deadline));
  if (!opened) co_return fail(ErrorCode::unauthenticated, "This sign-in link is not valid any more.");
  revocations_.apply(opened->revoked);
  co_return issuer_.sign(std::move(opened->user), draft.session.id, draft.session.access_expires_at,
                         std::move(draft.refresh_token));
}

}  // namespace cloudcart::user
