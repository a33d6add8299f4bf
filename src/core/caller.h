#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/timestamp.h"

namespace cloudcart {

/// A shop. Every table, cache key, event and metric row is keyed by it.
struct TenantId {
  std::string value = "main";
  auto operator<=>(const TenantId&) const = default;
};

enum class Role : std::uint8_t { customer, analyst, staff, admin };
std::string_view to_string(Role role);
std::optional<Role> parse_role(std::string_view word);

using Deadline = MonotonicTime;

/// On whose behalf, for which shop and until when a use case runs.
struct Caller {
  TenantId tenant;
  std::optional<UserId> user;  ///< empty: not signed in
  Role role = Role::customer;
  Deadline deadline = Deadline::max();
  std::string traceparent;  ///< W3C trace context, handed on to events and calls

  bool is_staff() const { return user && (role == Role::staff || role == Role::admin); }
  bool is_admin() const { return user && role == Role::admin; }
  bool owns(UserId owner) const { return user == owner; }
};

}  // namespace cloudcart
