#pragma once

#include "user/app/change_account.h"
#include "user/app/change_password.h"
#include "user/app/create_user.h"
#include "user/app/erase_account.h"
#include "user/app/export_account.h"
#include "user/app/find_users.h"
#include "user/app/issue_sign_in_code.h"
#include "user/app/list_users.h"
#include "user/app/log_in.h"
#include "user/app/log_in_with_code.h"
#include "user/app/log_out.h"
#include "user/app/profile.h"
#include "user/app/read_revocations.h"
#include "user/app/refresh_session.h"
#include "user/app/register_user.h"
#include "user/app/set_up_shop.h"

namespace cloudcart::user {

/// The use cases of the user service, wired. Safe to share between event loops as far as its dependencies
/// are.
class UserApp {
 public:
  struct Dependencies {
    UserRepository& users;
    SessionRepository& sessions;
    SetupRepository& setup;
    ErasureRepository& erasures;
    PasswordHasher& hasher;
    const auth::TokenCodec& tokens;
    auth::Revocations& revocations;
    const Clock& clock;
    IdGenerator& ids;
    UserOptions options = {};
    std::vector<AccountExport::Section> exported = {};  ///< what other services hold of a person
  };
  explicit UserApp(Dependencies dependencies);
  UserApp(const UserApp&) = delete;
  UserApp& operator=(const UserApp&) = delete;

 private:
  // Before the use cases, which refer to them.
  LoginThrottle sign_in_throttle_;
  LoginThrottle owner_throttle_;
  SessionIssuer issuer_;
  CheckPassword check_password_;

 public:
  RegisterUser register_user;
  LogIn log_in;
  LogInWithCode log_in_with_code;
  RefreshSession refresh_session;
  LogOut log_out;
  GetProfile get_profile;
  UpdateProfile update_profile;
  ListUsers list_users;
  FindUsers find_users;
  ChangeAccount change_account;
  ChangePassword change_password;
  SetUpShop set_up_shop;
  CreateUser create_user;
  IssueSignInCode issue_sign_in_code;
  ReadRevocations revocation_feed;
  EraseAccount erase_account;
  ReadErasure read_erasure;
  ErasuresOfRepository erasure_feed;
  ForgetAccount forget_account;
  ExportAccount export_account;
};

}  // namespace cloudcart::user
