#pragma once

#include <boost/json/value.hpp>

#include "core/json_reader.h"
#include "core/json_writer.h"
#include "user/app/user_app.h"

/// The bodies of the user service, as api/openapi.yaml has them. Readers fail with every violation at once.
namespace cloudcart::user {

Result<Registration> read_registration(const boost::json::value& body);
Result<Credentials> read_credentials(const boost::json::value& body, std::string address);
Result<ProfileChange> read_profile_change(const boost::json::value& body);
Result<AccountChange> read_account_change(const boost::json::value& body);
Result<PasswordChange> read_password_change(const boost::json::value& body, std::string address);

struct CodeAndPassword {
  std::string code, password;
};
Result<CodeAndPassword> read_password_reset(const boost::json::value& body);

struct SetupRequest {
  std::string token;
  Registration admin;
};
Result<SetupRequest> read_setup(const boost::json::value& body);
Result<NewAccount> read_new_account(const boost::json::value& body);
/// A body with one secret: a refresh token or a sign-in code.
Result<std::string> read_secret(const boost::json::value& body, std::string_view field);

/// Admins also see whether an account is active; staff who somebody is, and no more.
enum class Audience { owner, staff, admin };

void write_user(JsonWriter& json, const User& user, Audience audience);
JsonWriter user_data(const User& user, Audience audience);
/// How far an erasure is; the receipt null where there is none to be given.
JsonWriter erasure_data(const AskedErasure& erased);
JsonWriter session_data(const SignedIn& signed_in);

}  // namespace cloudcart::user
