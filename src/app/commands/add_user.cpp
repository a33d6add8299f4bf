#include <cstdio>
#include <iostream>

#include <fmt/format.h>

#include "app/commands/audit_command.h"
#include "app/commands/commands.h"
#include "app/commands/print_error.h"
#include "app/commands/served_users.h"
#include "app/platform/address_book.h"
#include "app/platform/user_unit.h"
#include "audit/entry.h"
#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

constexpr seconds time_limit{30};

struct Account {
  AddUserOptions options;
  std::string password;
};

/// True when the account is new.
using Added = Result<bool>;

Added add_offline(Ground& ground, const Account& account) {
  UserUnit users(ground);
  // Its id is not known before: the trail has no e-mail address, since nobody could take it out again.
  const auto record = [&](const std::string& id, std::string_view outcome) {
    return record_in_trail(ground, users.stores->audit(), "user.add", id, std::string{outcome});
  };
  CLOUDCART_CHECK(record("", audit::outcome_begun));
  const Caller caller{.deadline = ground.clock.monotonic_now() + time_limit};
  const auto created =
      sync_wait(users.app.create_user(caller, {.email = account.options.email,
                                               .role = parse_role(account.options.role).value(),
                                               .password = account.password,
                                               .first_name = account.options.first_name,
                                               .last_name = account.options.last_name,
                                               .update_existing = account.options.replace}));
  CLOUDCART_CHECK(record(created ? created->user.id.to_string() : "",
                         created ? audit::outcome_done : to_string(created.error().code)));
  if (!created) return fail(created.error());
  return created->is_new;
}

/// Another process serves the folder: it adds the account, and knows it at once.
Added add_by_http(Ground& ground, const std::string& address, const Account& account) {
  JsonWriter body;
  body.begin_object().field("email", account.options.email).field("role", account.options.role);
  body.field("password", account.password).field("first_name", account.options.first_name);
  body.field("last_name", account.options.last_name)
      .field("update_existing", account.options.replace)
      .end_object();
  ServedUsers users(ground, address);
  CLOUDCART_TRY(const auto response,
                users.send(http::Method::post, "/internal/users", std::move(body).str()));
  return response.status == 201;
}

Added add_account(const Config& config, const Account& account) {
  Ground ground(config);
  if (const auto address = AddressBook{config.data_dir}.find("user")) {
    auto added = add_by_http(ground, *address, account);
    // A process that was killed leaves its address behind; then the folder is free.
    if (added || added.error().code != ErrorCode::unavailable) return added;
  }
  return add_offline(ground, account);
}

}  // namespace

int add_user(const Config& config, const AddUserOptions& options) {
  Account account{options, {}};
  if (!std::getline(std::cin, account.password) || account.password.empty()) {
    fmt::print(stderr, "cloudcart: give the password on standard input, in one line.\n");
    return exit_unusable;
  }
  const auto added = add_account(config, account);
  if (!added) {
    print_error(added.error());
    return exit_failed;
  }
  fmt::print("{} {} with the role {}\n", *added ? "added" : "changed", options.email, options.role);
  return exit_ok;
}

}  // namespace cloudcart::app
