#include "app/commands/audit_command.h"

#include "app/commands/served_users.h"
#include "app/platform/address_book.h"
#include "app/platform/stores.h"
#include "audit/entry.h"
#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

constexpr seconds time_limit{30};

Status record_by_http(Ground& ground, const std::string& address, std::string body) {
  ServedUsers users(ground, address);
  CLOUDCART_CHECK(users.send(http::Method::post, "/internal/audit", std::move(body)));
  return {};
}

Status record_in_store(Ground& ground, const std::string& action, const std::string& target,
                       const std::string& outcome) {
  const auto opened = open_audit_trail(ground, Service::user, Access::write);
  if (!opened) return fail(Error::not_found("The store of the user service"));
  return record_in_trail(ground, opened->trail(), action, target, outcome);
}

}  // namespace

Status record_in_trail(Ground& ground, audit::AuditTrail& trail, const std::string& action,
                       const std::string& target, const std::string& outcome) {
  const auto entry = audit::to_json({.at = ground.clock.now(),
                                     .actor = "service",
                                     .role = "service",
                                     .action = action,
                                     .target = target,
                                     .address = "",
                                     .request_id = ground.ids.next().to_string(),
                                     .outcome = outcome});
  const auto deadline = ground.clock.monotonic_now() + time_limit;
  CLOUDCART_TRY([[maybe_unused]] const auto link,
                sync_wait(trail.append(ground.shop.tenant, entry, deadline)));
  return {};
}

Status record_in_audit(Ground& ground, const std::string& action, const std::string& target,
                       const std::string& outcome) {
  if (const auto address = AddressBook{ground.config.data_dir}.find("user")) {
    JsonWriter body;
    body.begin_object()
        .field("action", action)
        .field("target", target)
        .field("outcome", outcome)
        .end_object();
    auto recorded = record_by_http(ground, *address, std::move(body).str());
    // A process that was killed leaves its address behind; then the folder is free.
    if (recorded || recorded.error().code != ErrorCode::unavailable) return recorded;
  }
  return record_in_store(ground, action, target, outcome);
}

}  // namespace cloudcart::app
