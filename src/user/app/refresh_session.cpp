#include "user/app/refresh_session.h"

#include "user/app/opaque_secret.h"

namespace cloudcart::user {

Task<Result<SignedIn>> RefreshSession::operator()(Caller caller, std::string refresh_token) {
  auto next_token = new_opaque_secret();
  RefreshRequest request{.tenant = caller.tenant,
                         .presented_hash = hash_of_secret(refresh_token),
                         .next_hash = hash_of_secret(next_token),
                         .now = clock_.now(),
                         .access_expires_at = issuer_.next_access_expiry()};
  CLOUDCART_CO_TRY(auto outcome, co_await sessions_.refresh(std::move(request), caller.deadline));
  revocations_.apply(outcome.revoked);
  if (!outcome.refreshed) co_return fail(ErrorCode::unauthenticated, "The session has ended; sign in again.");
  auto& session = *outcome.refreshed;
  co_return issuer_.sign(std::move(session.user), session.session, session.access_expires_at,
                         std::move(next_token));
}

}  // namespace cloudcart::user
