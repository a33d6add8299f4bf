#include "user/app/user_app.h"

namespace cloudcart::user {

UserApp::UserApp(Dependencies d)
    : sign_in_throttle_(d.clock, d.options.throttle),
      owner_throttle_(d.clock, d.options.throttle),
      issuer_(d.tokens, d.clock, d.ids, d.options.sessions),
      check_password_(d.users, d.hasher, sign_in_throttle_, owner_throttle_),
      register_user(d.users, d.hasher, issuer_, d.clock, d.ids),
      log_in(check_password_, d.sessions, issuer_, d.revocations),
      log_in_with_code(d.sessions, issuer_, d.revocations),
      refresh_session(d.sessions, issuer_, d.revocations, d.clock),
      log_out(d.sessions, d.revocations),
      get_profile(d.users),
      update_profile(d.users, d.clock),
      list_users(d.users),
      find_users(d.users),
      change_account(d.users, d.revocations, d.clock),
      change_password(d.users, d.sessions, d.hasher, check_password_, issuer_, d.revocations, d.clock),
      set_up_shop(d.setup, d.hasher, issuer_, d.clock, d.ids, d.options.sessions),
      create_user(d.users, d.hasher, d.revocations, d.clock, d.ids),
      issue_sign_in_code(d.users, d.sessions, d.clock, d.options.sessions),
      revocation_feed(d.sessions, d.clock),
      erase_account(d.erasures, check_password_, d.revocations, d.clock),
      read_erasure(d.erasures),
      erasure_feed(d.erasures),
      forget_account(d.erasures),
      export_account(d.users, d.sessions, d.clock, std::move(d.exported)) {}

}  // namespace cloudcart::user
