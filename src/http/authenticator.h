#pragma once

#include <string>
#include <string_view>

#include "core/caller.h"
#include "core/result.h"

namespace cloudcart::http {

/// Whom a token stands for.
struct Identity {
  TenantId tenant;
  UserId user;
  Role role = Role::customer;
  std::string session;      ///< for logout
  bool is_service = false;  ///< another service of this platform; then user and role say nothing
};

/// Verifies bearer tokens. Called on event loops for every request, so it answers from memory.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// Errors: unauthenticated, with the same message for every reason.
  virtual Result<Identity> authenticate(std::string_view token) const = 0;
};

}  // namespace cloudcart::http
