#include "user/app/log_in.h"

namespace cloudcart::user {
namespace {

Error changed_meanwhile() {
  return {ErrorCode::unauthenticated, "The account was changed just now; sign in again.", {}};
}

}  // namespace

Task<Result<SignedIn>> LogIn::operator()(Caller caller, Credentials credentials) {
  CLOUDCART_CO_TRY(const auto user, co_await check_password_(caller, std::move(credentials)));
  auto draft = issuer_.draft(caller.tenant, user.id);
  // The repository refuses a deactivated account, in the transaction that would open the session.
  auto opened = co_await sessions_.open(draft.session, caller.deadline);
  if (!opened && opened.error().code == ErrorCode::not_found) co_return fail(changed_meanwhile());  // erased
  if (!opened) co_return fail(std::move(opened).error());
  revocations_.apply(opened->revoked);
  if (opened->user.rights_since != user.rights_since) co_return co_await withdraw(caller, draft.session.id);
  co_return issuer_.sign(std::move(opened->user), draft.session.id, draft.session.access_expires_at,
                         std::move(draft.refresh_token));
}

/// The password was right a moment ago, but the account has changed since, perhaps its password.
Task<Result<SignedIn>> LogIn::withdraw(Caller caller, SessionId session) {
  CLOUDCART_CO_TRY(const auto revoked, co_await sessions_.end(caller.tenant, session, caller.deadline));
  revocations_.apply(revoked);
  co_return fail(changed_meanwhile());
}

}  // namespace cloudcart::user
