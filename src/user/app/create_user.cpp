#include "user/app/create_user.h"

#include <fmt/format.h>

#include "user/domain/account_rules.h"

namespace cloudcart::user {
namespace {

Status check(const NewAccount& account) {
  std::vector<FieldError> errors;
  const auto note = [&](std::string_view field, std::optional<std::string> violation) {
    if (violation) errors.push_back({std::string{field}, *std::move(violation)});
  };
  note("email", email_violation(account.email));
  if (account.password) note("password", password_violation(*account.password));
  note("first_name", text_violation(account.first_name, name_rule));
  note("last_name", text_violation(account.last_name, name_rule));
  if (errors.empty()) return {};
  return fail(Error::validation(std::move(errors)));
}

}  // namespace

Task<Result<CreatedUser>> CreateUser::operator()(Caller caller, NewAccount account) {
  CLOUDCART_CO_CHECK(check(account));
  CLOUDCART_CO_TRY(const auto holder,
                   co_await users_.find_by_email(caller.tenant, account.email, caller.deadline));
  if (holder && !account.update_existing) {
    co_return fail(
        ErrorCode::conflict,
        fmt::format("{} has an account already, as {}; ask to update it to set its role and password.",
                    account.email, to_string(holder->role)),
        {{"email", "is taken"}});
  }
  std::optional<std::string> hash;
  if (account.password) {
    CLOUDCART_CO_TRY(hash, co_await hasher_.hash(*std::move(account.password), caller.deadline));
  }
  if (holder) co_return co_await update(caller, holder->id, account.role, std::move(hash));

  const auto now = clock_.now();
  User user{.tenant = caller.tenant,
            .id = ids_.next_id<UserId>(),
            .email = std::move(account.email),
            .first_name = std::move(account.first_name),
            .last_name = std::move(account.last_name),
            .role = account.role,
            .password_hash = std::move(hash).value_or(""),
            .rights_since = now,
            .created_at = now,
            .updated_at = now};
  CLOUDCART_CO_CHECK(co_await users_.add(user, std::nullopt, caller.deadline));
  co_return CreatedUser{std::move(user), true};
}

Task<Result<CreatedUser>> CreateUser::update(Caller caller, UserId id, Role role,
                                             std::optional<std::string> hash) {
  AccountChange change{.role = role, .is_active = true, .password_hash = std::move(hash)};
  CLOUDCART_CO_TRY(auto changed, co_await users_.change_account(caller.tenant, id, std::move(change),
                                                                clock_.now(), caller.deadline));
  revocations_.apply(changed.revoked);
  co_return CreatedUser{std::move(changed.user), false};
}

}  // namespace cloudcart::user
