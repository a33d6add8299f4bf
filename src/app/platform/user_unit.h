#pragma once

#include "adapters/bcrypt/user/bcrypt_password_hasher.h"
#include "app/platform/stores.h"
#include "user/app/user_app.h"

namespace cloudcart::app {

/// The user service on its store.
struct UserUnit {
  static constexpr std::size_t hashing_queue_bound = 1'000;
  /// A hash is some tens of milliseconds of nothing but work: whoever answers a request in some microseconds goes first.
  static constexpr int hashing_nice = 10;

  /// `exported`: what other services hold of a person, for exports.
  explicit UserUnit(Ground& ground, std::vector<user::AccountExport::Section> exported = {})
      : stores(open_user_stores(ground)),
        hashing("bcrypt", ground.config.runtime.hashing_threads, hashing_queue_bound, hashing_nice),
        hasher(hashing, ground.config.auth.bcrypt_cost),
        app({.users = stores->users(),
             .sessions = stores->sessions(),
             .setup = stores->setup(),
             .erasures = stores->erasures(),
             .hasher = hasher,
             .tokens = ground.tokens,
             .revocations = ground.revocations,
             .clock = ground.clock,
             .ids = ground.ids,
             .options = {.sessions = {.access_lifetime = ground.config.auth.jwt_expire}},
             .exported = std::move(exported)}) {
    hashing.measure(ground.metrics);
  }

  const std::unique_ptr<UserStores> stores;
  OffloadPool hashing;
  bcrypt::BcryptPasswordHasher hasher;
  user::UserApp app;
};

}  // namespace cloudcart::app
