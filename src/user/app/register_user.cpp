#include "user/app/register_user.h"

#include "user/domain/account_rules.h"

namespace cloudcart::user {

Task<Result<SignedIn>> RegisterUser::operator()(Caller caller, Registration registration) {
  // Looked up first to spare the hash; the repository decides.
  CLOUDCART_CO_TRY(const auto holder,
                   co_await users_.find_by_email(caller.tenant, registration.email, caller.deadline));
  if (holder) co_return fail(email_taken());
  CLOUDCART_CO_TRY(auto hash, co_await hasher_.hash(std::move(registration.password), caller.deadline));

  const auto now = clock_.now();
  User user{.tenant = caller.tenant,
            .id = ids_.next_id<UserId>(),
            .email = std::move(registration.email),
            .first_name = std::move(registration.first_name),
            .last_name = std::move(registration.last_name),
            .password_hash = std::move(hash),
            .rights_since = now,
            .created_at = now,
            .updated_at = now};
  auto draft = issuer_.draft(user.tenant, user.id);
  CLOUDCART_CO_CHECK(co_await users_.add(user, draft.session, caller.deadline));
  co_return issuer_.sign(std::move(user), draft.session.id, draft.session.access_expires_at,
                         std::move(draft.refresh_token));
}

}  // namespace cloudcart::user
