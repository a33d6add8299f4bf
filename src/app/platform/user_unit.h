#pragma once

#include "adapters/bcrypt/user/bcrypt_password_hasher.h"
#include "adapters/sqlite/user/sqlite_session_repository.h"
#include "adapters/sqlite/user/sqlite_user_repository.h"
#include "app/platform/ground.h"
#include "user/app/user_app.h"

namespace cloudcart::app {

/// The user service on its store.
struct UserUnit {
  static constexpr std::size_t hashing_queue_bound = 1'000;

  explicit UserUnit(Ground& ground)
      : store(ground.config.data_dir, "user", ground.readers),
        hashing("bcrypt", ground.config.runtime.hashing_threads, hashing_queue_bound),
        hasher(hashing, ground.config.auth.bcrypt_cost),
        app({.users = users,
             .sessions = sessions,
             .hasher = hasher,
             .tokens = ground.tokens,
             .revocations = ground.revocations,
             .clock = ground.clock,
             .ids = ground.ids,
             .options = {.sessions = {.access_lifetime = ground.config.auth.jwt_expire}}}) {}

  sqlite::Store store;
  OffloadPool hashing;
  sqlite::SqliteUserRepository users{store};
  sqlite::SqliteSessionRepository sessions{store};
  bcrypt::BcryptPasswordHasher hasher;
  user::UserApp app;
};

}  // namespace cloudcart::app
