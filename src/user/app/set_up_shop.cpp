#include "user/app/set_up_shop.h"

#include "user/app/opaque_secret.h"

namespace cloudcart::user {

Task<Result<std::optional<std::string>>> SetUpShop::offer(Caller caller) {
  auto token = new_opaque_secret();
  const auto now = clock_.now();
  SetupToken kept{.tenant = caller.tenant,
                  .hash = hash_of_secret(token),
                  .created_at = now,
                  .expires_at = now + lifetime_};
  CLOUDCART_CO_TRY(const auto is_kept, co_await setup_.offer(std::move(kept), caller.deadline));
  co_return is_kept ? std::optional{std::move(token)} : std::nullopt;
}

Task<Result<bool>> SetUpShop::is_open(Caller caller) {
  return setup_.is_open(caller.tenant, clock_.now(), caller.deadline);
}

Task<Result<bool>> SetUpShop::is_good(Caller caller, std::string token) {
  return setup_.is_good(caller.tenant, hash_of_secret(token), clock_.now(), caller.deadline);
}

Task<Result<SignedIn>> SetUpShop::operator()(Caller caller, std::string token, Registration admin) {
  CLOUDCART_CO_TRY(const auto good, co_await is_good(caller, token));
  const auto refused =
      fail(ErrorCode::unauthenticated,
           "This setup token is not valid any more; 'cloudcart user add' makes an admin as well.");
  // Whoever tries tokens costs no password hash.
  if (!good) co_return refused;
  CLOUDCART_CO_TRY(auto hash, co_await hasher_.hash(std::move(admin.password), caller.deadline));
  const auto now = clock_.now();
  User user{.tenant = caller.tenant,
            .id = ids_.next_id<UserId>(),
            .email = std::move(admin.email),
            .first_name = std::move(admin.first_name),
            .last_name = std::move(admin.last_name),
            .role = Role::admin,
            .password_hash = std::move(hash),
            .rights_since = now,
            .created_at = now,
            .updated_at = now};
  auto draft = issuer_.draft(caller.tenant, user.id);
  CLOUDCART_CO_TRY(const auto taken,
                   co_await setup_.take(hash_of_secret(token), user, draft.session, caller.deadline));
  if (!taken) co_return refused;
  co_return issuer_.sign(std::move(user), draft.session.id, draft.session.access_expires_at,
                         std::move(draft.refresh_token));
}

}  // namespace cloudcart::user
