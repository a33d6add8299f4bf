#include <cstdio>
#include <fstream>
#include <iostream>

#include <fmt/format.h>

#include "app/commands/audit_command.h"
#include "app/commands/commands.h"
#include "app/commands/print_error.h"
#include "app/commands/served_users.h"
#include "app/platform/address_book.h"
#include "app/platform/privacy_unit.h"
#include "audit/entry.h"
#include "core/json_reader.h"
#include "core/text.h"
#include "privacy/erasure_json.h"
#include "user/domain/account_rules.h"

namespace cloudcart::app {
namespace {

constexpr seconds time_limit{60};

/// Answers a sentence for people, or a document.
using Done = Result<std::string>;

/// The stores of a folder that nobody serves, or of a server.
class StoredAccounts {
 public:
  explicit StoredAccounts(Ground& served)
      : ground(served),
        orders_(open_order_stores(ground)),
        others_(open_analytics_stores(ground).others),
        personal_orders_(orders_->orders()),
        personal_recommendations_(others_->subjects(), nullptr),
        unit(ground, {{"orders", &personal_orders_}, {"recommendations", &personal_recommendations_}}),
        caller{.deadline = ground.clock.monotonic_now() + time_limit} {}

  Ground& ground;

 private:
  std::unique_ptr<OrderStores> orders_;
  std::unique_ptr<AnalyticsStores> others_;
  order::PersonalOrders personal_orders_;
  recommendation::PersonalRecommendations personal_recommendations_;

 public:
  UserUnit unit;
  const Caller caller;
};

Error no_account() {
  return {ErrorCode::not_found, "There is no account with this id or e-mail.", {}};
}

Result<UserId> find_served(ServedUsers& accounts, const PersonCommand& options) {
  if (options.id) return *options.id;
  CLOUDCART_TRY(const auto data,
                accounts.data(http::Method::get, "/internal/users?email=" + percent_encode(options.email)));
  FieldReader fields(data);
  const auto id = fields.id<UserId>("id");
  CLOUDCART_CHECK(fields.finish());
  return id;
}

Result<UserId> find_stored(StoredAccounts& accounts, const PersonCommand& options) {
  if (options.id) return *options.id;
  CLOUDCART_TRY(const auto found, sync_wait(accounts.unit.stores->users().find_by_email(
                                      accounts.caller.tenant, options.email, accounts.caller.deadline)));
  if (!found) return fail(no_account());
  return found->id;
}

/// Recorded before it is done, and how it ended; `target` is the account, or empty where it is all.
Done recorded(StoredAccounts& accounts, const std::string& action, const std::string& target,
              const std::function<Done()>& work) {
  const auto record = [&](std::string_view outcome) {
    return record_in_trail(accounts.ground, accounts.unit.stores->audit(), action, target,
                           std::string{outcome});
  };
  CLOUDCART_CHECK(record(audit::outcome_begun));
  auto done = work();
  const auto ended = record(done ? audit::outcome_done : to_string(done.error().code));
  if (!ended) print_error(ended.error());
  return done;
}

Done export_served(ServedUsers& accounts, const PersonCommand& options) {
  CLOUDCART_TRY(const auto id, find_served(accounts, options));
  CLOUDCART_TRY(auto response,
                accounts.send(http::Method::get, fmt::format("/internal/users/{}/export", id.to_string())));
  return std::move(response.body);
}

Done export_stored(StoredAccounts& accounts, const PersonCommand& options) {
  CLOUDCART_TRY(const auto id, find_stored(accounts, options));
  return recorded(accounts, "user.export", id.to_string(), [&]() -> Done {
    CLOUDCART_TRY(auto document,
                  sync_wait(accounts.unit.app.export_account.as_operator(accounts.caller, id)));
    std::string text;
    for (;;) {
      CLOUDCART_TRY(const auto piece, sync_wait(document.next(accounts.caller.deadline)));
      if (!piece) return text;
      text += *piece;
    }
  });
}

Done erase_served(ServedUsers& accounts, const PersonCommand& options) {
  if (options.again) {
    CLOUDCART_TRY(const auto data, accounts.data(http::Method::post, "/internal/erasures/repeat", "{}"));
    FieldReader fields(data);
    const auto count = fields.integer("erasures", 0, std::numeric_limits<std::int64_t>::max());
    return fmt::format("{} erasures are carried out again\n", count);
  }
  CLOUDCART_TRY(const auto id, find_served(accounts, options));
  CLOUDCART_TRY(
      const auto response,
      accounts.send(http::Method::post, fmt::format("/internal/users/{}/erasure", id.to_string()), "{}"));
  return fmt::format("erased the account {}; what other services hold follows\n", id.to_string());
}

Done erase_stored(StoredAccounts& accounts, const PersonCommand& options) {
  if (options.again) {
    return recorded(accounts, "user.repeat_erasures", "", [&]() -> Done {
      CLOUDCART_TRY(const auto count, sync_wait(accounts.unit.app.erase_account.repeat_all(accounts.caller)));
      return fmt::format("{} erasures are carried out again once the services run\n", count);
    });
  }
  CLOUDCART_TRY(const auto id, find_stored(accounts, options));
  return recorded(accounts, "user.erase", id.to_string(), [&]() -> Done {
    CLOUDCART_CHECK(sync_wait(accounts.unit.app.erase_account.as_operator(accounts.caller, id)));
    return fmt::format("erased the account {}; what other services hold follows once they run\n",
                       id.to_string());
  });
}

std::string lines_of(const std::vector<privacy::Erasure>& erasures) {
  std::string lines;
  for (const auto& erasure : erasures)
    lines += fmt::format("{} {}\n", erasure.user.to_string(), to_rfc3339(erasure.requested_at));
  return lines;
}

Done list_served(ServedUsers& accounts, const PersonCommand&) {
  std::string lines;
  for (std::int64_t position = 0;;) {
    CLOUDCART_TRY(const auto data,
                  accounts.data(http::Method::get, fmt::format("/internal/erasures?after={}", position)));
    CLOUDCART_TRY(const auto batch, privacy::parse_erasures(data));
    if (batch.erasures.empty()) return lines;
    lines += lines_of(batch.erasures);
    position = batch.last;
  }
}

Done list_stored(StoredAccounts& accounts, const PersonCommand&) {
  std::string lines;
  for (std::int64_t position = 0;;) {
    CLOUDCART_TRY(const auto batch,
                  sync_wait(accounts.unit.app.erasure_feed.read(position, accounts.caller.deadline)));
    if (batch.erasures.empty()) return lines;
    lines += lines_of(batch.erasures);
    position = batch.last;
  }
}

int run(const Config& config, const PersonCommand& options,
        Done (*served)(ServedUsers&, const PersonCommand&),
        Done (*stored)(StoredAccounts&, const PersonCommand&)) {
  Ground ground(config);
  Done done = fail(ErrorCode::unavailable, "");
  if (const auto address = AddressBook{config.data_dir}.find("user")) {
    ServedUsers accounts(ground, *address);
    done = served(accounts, options);
  }
  // A process that was killed leaves its address behind; then the folder is free.
  if (!done && done.error().code == ErrorCode::unavailable) {
    StoredAccounts accounts(ground);
    done = stored(accounts, options);
  }
  if (!done) {
    print_error(done.error());
    return exit_failed;
  }
  if (options.out) {
    std::ofstream file(*options.out, std::ios::binary);
    file << *done;
    if (file.flush()) return exit_ok;
    fmt::print(stderr, "cloudcart: {} cannot be written.\n", options.out->string());
    return exit_unusable;
  }
  fmt::print("{}", *done);
  return exit_ok;
}

}  // namespace

int export_person(const Config& config, const PersonCommand& options) {
  return run(config, options, export_served, export_stored);
}

int erase_person(const Config& config, const PersonCommand& options) {
  return run(config, options, erase_served, erase_stored);
}

int list_erasures(const Config& config) {
  return run(config, {}, list_served, list_stored);
}

Result<std::size_t> erase_listed(const Config& config, const std::vector<UserId>& ids) {
  Ground ground(config);
  StoredAccounts accounts(ground);
  std::size_t erased = 0;
  for (const auto& id : ids) {
    auto caller = accounts.caller;
    caller.deadline = ground.clock.monotonic_now() + time_limit;
    const auto done = recorded(accounts, "user.erase", id.to_string(), [&]() -> Done {
      CLOUDCART_CHECK(sync_wait(accounts.unit.app.erase_account.as_operator(caller, id)));
      return {};
    });
    if (done)
      ++erased;
    else if (done.error().code != ErrorCode::not_found)
      return fail(done.error());
  }
  return erased;
}

}  // namespace cloudcart::app
