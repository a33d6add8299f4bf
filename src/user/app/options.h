#pragma once

#include "core/timestamp.h"
#include "user/app/login_throttle.h"

namespace cloudcart::user {

struct SessionOptions {
  seconds access_lifetime = std::chrono::hours{24};        ///< of an access token
  seconds refresh_lifetime = std::chrono::hours{24 * 30};  ///< of a session, from sign-in to signing in again
  seconds code_lifetime = std::chrono::minutes{15};        ///< of a one-use sign-in code
  seconds reset_lifetime = std::chrono::hours{24};  ///< of the code by which an admin lets reset a password
  seconds setup_lifetime = std::chrono::hours{1};   ///< of the token that makes the first admin
};

struct UserOptions {
  SessionOptions sessions;
  ThrottleOptions throttle;
};

}  // namespace cloudcart::user
