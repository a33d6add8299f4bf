#include "user/http/dto.h"

#include "user/domain/account_rules.h"

namespace cloudcart::user {
namespace {

constexpr TextRule secret_rule{.min = 1, .max = 255, .trimmed = false};

void note(FieldReader& fields, std::string_view name, std::optional<std::string> violation) {
  if (violation) fields.add_error(name, *std::move(violation));
}

std::string read_email(FieldReader& fields) {
  auto email = fields.text("email", email_rule);
  // Empty: the violation has been noted.
  if (!email.empty()) note(fields, "email", email_violation(email));
  return email;
}

std::optional<std::string> read_optional_email(FieldReader& fields) {
  auto email = fields.optional_text("email", email_rule);
  if (email) note(fields, "email", email_violation(*email));
  return email;
}

std::string read_new_password(FieldReader& fields, std::string_view name = "password") {
  auto password = fields.text(name, password_rule);
  if (!password.empty()) note(fields, name, password_violation(password));
  return password;
}

Registration read_registration_fields(FieldReader& fields) {
  return {.email = read_email(fields),
          .password = read_new_password(fields),
          .first_name = fields.text("first_name", name_rule),
          .last_name = fields.text("last_name", name_rule)};
}

std::optional<Role> read_role(FieldReader& fields) {
  const auto word = fields.optional_text("role", {});
  if (!word) return std::nullopt;
  const auto role = parse_role(*word);
  if (!role) fields.add_error("role", "must be one of customer, analyst, staff, admin");
  return role;
}

}  // namespace

Result<Registration> read_registration(const boost::json::value& body) {
  FieldReader fields(body);
  auto registration = read_registration_fields(fields);
  CLOUDCART_CHECK(fields.finish());
  return registration;
}

Result<Credentials> read_credentials(const boost::json::value& body, std::string address) {
  FieldReader fields(body);
  // Today's rules for new passwords and addresses are not asked of a sign-in: what does not keep them matches
  // nothing.
  Credentials credentials{.email = fields.text("email", email_rule),
                          .password = fields.text("password", password_rule),
                          .address = std::move(address)};
  CLOUDCART_CHECK(fields.finish());
  return credentials;
}

Result<ProfileChange> read_profile_change(const boost::json::value& body) {
  FieldReader fields(body);
  ProfileChange change{.email = read_optional_email(fields),
                       .first_name = fields.optional_text("first_name", name_rule),
                       .last_name = fields.optional_text("last_name", name_rule)};
  if (fields.ok() && change.is_empty())
    fields.add_error("body", "must hold at least one of email, first_name, last_name");
  CLOUDCART_CHECK(fields.finish());
  return change;
}

Result<AccountChange> read_account_change(const boost::json::value& body) {
  FieldReader fields(body);
  AccountChange change{.role = read_role(fields), .is_active = fields.optional_boolean("is_active")};
  if (fields.ok() && !change.role && !change.is_active)
    fields.add_error("body", "must hold at least one of role, is_active");
  CLOUDCART_CHECK(fields.finish());
  return change;
}

Result<PasswordChange> read_password_change(const boost::json::value& body, std::string address) {
  FieldReader fields(body);
  PasswordChange change{.current = fields.text("current_password", password_rule),
                        .next = read_new_password(fields, "new_password"),
                        .address = std::move(address)};
  CLOUDCART_CHECK(fields.finish());
  return change;
}

Result<CodeAndPassword> read_password_reset(const boost::json::value& body) {
  FieldReader fields(body);
  CodeAndPassword reset{.code = fields.text("code", secret_rule),
                        .password = read_new_password(fields, "new_password")};
  CLOUDCART_CHECK(fields.finish());
  return reset;
}

Result<SetupRequest> read_setup(const boost::json::value& body) {
  FieldReader fields(body);
  SetupRequest setup{.token = fields.text("token", secret_rule), .admin = read_registration_fields(fields)};
  CLOUDCART_CHECK(fields.finish());
  return setup;
}

Result<NewAccount> read_new_account(const boost::json::value& body) {
  FieldReader fields(body);
  NewAccount account;
  account.email = fields.text("email", email_rule);
  account.role = read_role(fields).value_or(account.role);
  account.password = fields.optional_text("password", password_rule);
  account.first_name = fields.optional_text("first_name", name_rule).value_or(account.first_name);
  account.last_name = fields.optional_text("last_name", name_rule).value_or(account.last_name);
  account.update_existing = fields.optional_boolean("update_existing").value_or(false);
  CLOUDCART_CHECK(fields.finish());
  return account;
}

Result<std::string> read_secret(const boost::json::value& body, std::string_view field) {
  FieldReader fields(body);
  auto secret = fields.text(field, secret_rule);
  CLOUDCART_CHECK(fields.finish());
  return secret;
}

void write_user(JsonWriter& json, const User& user, Audience audience) {
  json.begin_object().field("id", user.id).field("email", user.email);
  json.field("first_name", user.first_name)
      .field("last_name", user.last_name)
      .field("role", to_string(user.role));
  if (audience == Audience::admin) json.field("is_active", user.is_active);
  json.field("created_at", user.created_at);
  if (audience != Audience::staff) json.field("updated_at", user.updated_at);
  json.end_object();
}

JsonWriter user_data(const User& user, Audience audience) {
  JsonWriter json;
  json.begin_object().key("user");
  write_user(json, user, audience);
  json.end_object();
  return json;
}

JsonWriter erasure_data(const AskedErasure& erased) {
  const auto& state = erased.state;
  JsonWriter json;
  json.begin_object().key("erasure").begin_object().field("user_id", state.erasure.user);
  json.field("requested_at", state.erasure.requested_at);
  json.field("requested_by", state.by_owner ? "owner" : "admin");
  json.field("state", state.is_done() ? "done" : "under_way").key("services").begin_array();
  for (const auto& part : state.parts) {
    json.begin_object().field("service", to_string(part.holder)).field("done", part.erased.is_done);
    json.field("open_orders", part.erased.open_orders).field("reported_at", part.reported_at).end_object();
  }
  json.end_array().end_object().field("receipt", erased.receipt).end_object();
  return json;
}

JsonWriter session_data(const SignedIn& signed_in) {
  JsonWriter json;
  json.begin_object().key("user");
  write_user(json, signed_in.user, Audience::owner);
  json.field("token", signed_in.token).field("refresh_token", signed_in.refresh_token);
  json.field("expires_in", static_cast<std::int64_t>(signed_in.expires_in.count())).end_object();
  return json;
}

}  // namespace cloudcart::user
