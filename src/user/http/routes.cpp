#include "user/http/routes.h"

#include <limits>

#include "auth/revocation_json.h"
#include "core/text.h"
#include "http/client_address.h"
#include "http/query_reader.h"
#include "privacy/erasure_json.h"
#include "user/domain/account_rules.h"
#include "user/http/dto.h"
#include "user/http/export_stream.h"

namespace cloudcart::user {
namespace {

using http::Access;
using http::Method;
using http::Priority;
using http::RateClass;
using http::Request;
using http::Response;

constexpr std::size_t most_ids = 100;
constexpr std::int64_t most_found = 50;

/// Holds tokens: nothing between here and the client may keep it.
Response session_response(int status, const SignedIn& signed_in) {
  auto response = http::data_response(status, session_data(signed_in));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/// Holds a receipt, which is a secret as well.
Response erasure_response(const AskedErasure& erased) {
  auto response = http::data_response(202, erasure_data(erased),
                                      "The account is erased; what other services hold follows.");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/// Admins need to send nothing; what they send must be understood all the same.
Result<ErasureAsked> read_erasure_asked(const Request& request, UserId id) {
  ErasureAsked asked{.user = id, .password = {}, .address = http::network_of(request.remote_address)};
  const bool is_own = request.caller.owns(id);
  if (!is_own && request.body.empty()) return asked;
  CLOUDCART_TRY(const auto body, http::json_body(request));
  if (is_own) {
    CLOUDCART_TRY(asked.password, read_secret(body, "password"));
  }
  return asked;
}

Task<Result<Response>> post_registration(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto registration, read_registration(body));
  CLOUDCART_CO_TRY(const auto signed_in, co_await app.register_user(request.caller, std::move(registration)));
  co_return session_response(201, signed_in);
}

Task<Result<Response>> post_login(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto credentials, read_credentials(body, http::network_of(request.remote_address)));
  CLOUDCART_CO_TRY(const auto signed_in, co_await app.log_in(request.caller, std::move(credentials)));
  co_return session_response(200, signed_in);
}

/// What happens by a code is the doing of the account that it is for. Nobody's code is refused later.
Task<Status> begin_audit_of_code(UserApp& app, Request& request, std::string code, CodePurpose purpose) {
  CLOUDCART_CO_TRY(const auto owner,
                   co_await app.issue_sign_in_code.owner_of(request.caller, std::move(code), purpose));
  if (!owner) co_return Status{};
  request.audit_target = owner->id.to_string();
  co_return co_await request.begin_audit(
      {.tenant = owner->tenant, .user = owner->id, .role = owner->role, .deadline = request.caller.deadline});
}

Task<Result<Response>> post_login_code(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto code, read_secret(body, "code"));
  CLOUDCART_CO_CHECK(co_await begin_audit_of_code(app, request, code, CodePurpose::sign_in));
  CLOUDCART_CO_TRY(const auto signed_in, co_await app.log_in_with_code(request.caller, std::move(code)));
  co_return session_response(200, signed_in);
}

Task<Result<Response>> post_refresh(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto token, read_secret(body, "refresh_token"));
  CLOUDCART_CO_TRY(const auto signed_in, co_await app.refresh_session(request.caller, std::move(token)));
  co_return session_response(200, signed_in);
}

Task<Result<Response>> post_logout(UserApp& app, Request& request) {
  const auto session = SessionId::parse(request.session);
  if (!session) co_return fail(ErrorCode::unauthenticated, "The token belongs to no session; sign in again.");
  CLOUDCART_CO_CHECK(co_await app.log_out(request.caller, *session));
  co_return http::message_response(200, "Signed out");
}

Task<Result<Response>> post_password(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto change, read_password_change(body, http::network_of(request.remote_address)));
  request.audit_target = request.caller.user.value().to_string();
  CLOUDCART_CO_TRY(const auto signed_in, co_await app.change_password(request.caller, std::move(change)));
  co_return session_response(200, signed_in);
}

Task<Result<Response>> post_password_reset(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto reset, read_password_reset(body));
  CLOUDCART_CO_CHECK(co_await begin_audit_of_code(app, request, reset.code, CodePurpose::reset));
  CLOUDCART_CO_TRY(
      const auto signed_in,
      co_await app.change_password.by_code(request.caller, std::move(reset.code), std::move(reset.password)));
  co_return session_response(200, signed_in);
}

Task<Result<Response>> get_setup(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto open, co_await app.set_up_shop.is_open(request.caller));
  JsonWriter json;
  json.begin_object().field("open", open).end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> post_setup(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto setup, read_setup(body));
  CLOUDCART_CO_TRY(const auto is_good, co_await app.set_up_shop.is_good(request.caller, setup.token));
  // Whoever makes the first admin is nobody yet.
  if (is_good) CLOUDCART_CO_CHECK(co_await request.begin_audit({.tenant = request.caller.tenant}));
  CLOUDCART_CO_TRY(const auto signed_in,
                   co_await app.set_up_shop(request.caller, std::move(setup.token), std::move(setup.admin)));
  request.audit_target = signed_in.user.id.to_string();
  co_return session_response(201, signed_in);
}

Task<Result<Response>> get_profile(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto user, co_await app.get_profile(request.caller));
  co_return http::data_response(200, user_data(user, Audience::owner));
}

Task<Result<Response>> put_profile(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto change, read_profile_change(body));
  request.audit_target = request.caller.user.value().to_string();
  CLOUDCART_CO_TRY(const auto user, co_await app.update_profile(request.caller, std::move(change)));
  co_return http::data_response(200, user_data(user, Audience::owner), "Profile updated");
}

/// A cursor is the last id of the page before, not made to be read.
std::string cursor_of(UserId id) {
  return base64url_encode(id.as_bytes());
}

Result<UserPageQuery> read_page_query(const http::Page& page, http::QueryReader& query) {
  UserPageQuery wanted{.limit = page.limit, .offset = page.offset()};
  if (page.cursor) {
    wanted.before = UserId::from_bytes(base64url_decode(*page.cursor).value_or(""));
    if (!wanted.before) query.add_error("cursor", "must be the next_cursor of an earlier answer");
  }
  CLOUDCART_CHECK(query.finish());
  return wanted;
}

Task<Result<Response>> get_users(UserApp& app, Request& request) {
  http::QueryReader query(request);
  const auto page = http::read_page(query);
  CLOUDCART_CO_TRY(const auto wanted, read_page_query(page, query));
  CLOUDCART_CO_TRY(const auto found, co_await app.list_users(request.caller, wanted));
  JsonWriter json;
  json.begin_object().key("users").begin_array();
  for (const auto& user : found.users) write_user(json, user, Audience::admin);
  json.end_array();
  http::write_pagination(json, page, found.total, found.next.transform(cursor_of));
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

/// Exactly one of `ids` and `search`.
Result<FindUsers::Wanted> read_wanted(const Request& request) {
  http::QueryReader query(request);
  const auto limit = query.integer("limit", 10, 1, most_found);
  auto ids = query.ids<UserId>("ids", most_ids);
  auto beginning = query.text("search", {.min = 2, .max = 100});
  if (query.has("ids") == query.has("search"))
    query.add_error("search", "must be given, or ids, and not both");
  CLOUDCART_CHECK(query.finish());
  if (beginning) return UserSearch{.beginning = *std::move(beginning), .limit = limit};
  return ids;
}

Task<Result<Response>> find_users(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto wanted, read_wanted(request));
  CLOUDCART_CO_TRY(const auto found, co_await app.find_users(request.caller, std::move(wanted)));
  JsonWriter json;
  json.begin_object().key("users").begin_array();
  for (const auto& user : found) write_user(json, user, Audience::staff);
  json.end_array().end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> put_user(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  CLOUDCART_CO_TRY(auto change, read_account_change(body));
  CLOUDCART_CO_TRY(const auto user, co_await app.change_account(request.caller, id, std::move(change)));
  co_return http::data_response(200, user_data(user, Audience::admin), "Account updated");
}

/// For somebody who has forgotten the password: what an admin hands over.
Task<Result<Response>> post_reset_code(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  CLOUDCART_CO_TRY(const auto issued, co_await app.issue_sign_in_code.for_reset(request.caller, id));
  JsonWriter json;
  json.begin_object().field("code", issued.code).field("expires_at", issued.expires_at).end_object();
  auto response = http::data_response(201, std::move(json));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

/// For the operator's command while the service has the store: the answer tells whether the account is new.
Task<Result<Response>> post_user(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto account, read_new_account(body));
  CLOUDCART_CO_TRY(const auto created, co_await app.create_user(request.caller, std::move(account)));
  request.audit_target = created.user.id.to_string();
  co_return http::data_response(created.is_new ? 201 : 200, user_data(created.user, Audience::admin));
}

/// For the operator's commands, which know people by their addresses.
Task<Result<Response>> find_user_by_email(UserApp& app, Request& request) {
  http::QueryReader query(request);
  const auto email = query.text("email", {.min = 1, .max = max_email_bytes});
  if (!email && !query.has("email")) query.add_error("email", "must be given");
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto found, co_await app.find_users.by_email(request.caller, *email));
  JsonWriter json;
  json.begin_object().field("id", found.id).end_object();
  co_return http::data_response(200, std::move(json));
}

/// For services that ask whether an account exists.
Task<Result<Response>> get_user(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  auto of_user = request.caller;
  of_user.user = id;
  CLOUDCART_CO_TRY(const auto user, co_await app.get_profile(of_user));
  co_return http::data_response(200, user_data(user, Audience::admin));
}

Task<Result<Response>> post_erasure(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  CLOUDCART_CO_TRY(auto asked, read_erasure_asked(request, id));
  CLOUDCART_CO_TRY(const auto erased, co_await app.erase_account(request.caller, std::move(asked)));
  co_return erasure_response(erased);
}

Task<Result<Response>> get_erasure(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  CLOUDCART_CO_TRY(const auto state, co_await app.read_erasure(request.caller, id));
  co_return http::data_response(200, erasure_data({.state = state, .receipt = {}}));
}

/// In the query, which no log has: whoever knows the receipt may look.
Task<Result<Response>> get_erasure_by_receipt(UserApp& app, Request& request) {
  http::QueryReader query(request);
  auto receipt = query.text("receipt", {.min = 1, .max = 255});
  if (!receipt && !query.has("receipt")) query.add_error("receipt", "must be given");
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto state,
                   co_await app.read_erasure.by_receipt(request.caller, *std::move(receipt)));
  co_return http::data_response(200, erasure_data({.state = state, .receipt = {}}));
}

Task<Result<Response>> get_export(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  CLOUDCART_CO_TRY(auto document, co_await app.export_account(request.caller, id));
  co_return co_await export_response(std::move(document), request.caller.deadline);
}

/// For the operator's commands while the service has the store.
Task<Result<Response>> post_erasure_for_operator(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  CLOUDCART_CO_TRY(const auto erased, co_await app.erase_account.as_operator(request.caller, id));
  co_return erasure_response(erased);
}

Task<Result<Response>> get_export_for_operator(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<UserId>("id"));
  CLOUDCART_CO_TRY(auto document, co_await app.export_account.as_operator(request.caller, id));
  co_return co_await export_response(std::move(document), request.caller.deadline);
}

Task<Result<Response>> post_repeated_erasures(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto count, co_await app.erase_account.repeat_all(request.caller));
  JsonWriter json;
  json.begin_object().field("erasures", count).end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> get_erasures(UserApp& app, Request& request) {
  http::QueryReader query(request);
  const auto after = query.integer("after", 0, 0, std::numeric_limits<std::int64_t>::max());
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto batch, co_await app.erasure_feed.read(after, request.caller.deadline));
  JsonWriter json;
  privacy::write_erasures(json, batch);
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> get_outstanding_erasures(UserApp& app, Request& request) {
  http::QueryReader query(request);
  const auto word = query.text("holder", {}).value_or("");
  const auto before = query.integer("reported_before", 0, 0, std::numeric_limits<std::int64_t>::max());
  const auto holder = privacy::parse_holder(word);
  if (!holder) query.add_error("holder", "must be one of user, order, analytics");
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(auto erasures, co_await app.erasure_feed.outstanding(*holder, from_unix_ms(before),
                                                                        request.caller.deadline));
  JsonWriter json;
  privacy::write_erasures(json, {.erasures = std::move(erasures)});
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> post_erasure_report(UserApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto body, http::json_body(request));
  CLOUDCART_CO_TRY(auto report, privacy::parse_report(body));
  CLOUDCART_CO_CHECK(co_await app.erasure_feed.report(std::move(report), request.caller.deadline));
  co_return http::message_response(200, "Noted");
}

Task<Result<Response>> get_revocations(UserApp& app, Request& request) {
  http::QueryReader query(request);
  const auto after = query.integer("after", 0, 0, std::numeric_limits<std::int64_t>::max());
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto batch, co_await app.revocation_feed.read(after, request.caller.deadline));
  JsonWriter json;
  auth::write_revocations(json, batch);
  co_return http::data_response(200, std::move(json));
}

}  // namespace

std::vector<http::Route> user_routes(UserApp& app) {
  const auto with_app = [&app](Task<Result<Response>> (*handler)(UserApp&, Request&)) -> http::Handler {
    return [&app, handler](Request& request) { return handler(app, request); };
  };
  return {
      {Method::post, "/api/users/register", Access::anyone, with_app(post_registration), Priority::sign_in,
       RateClass::costly},
      {Method::post, "/api/users/login", Access::anyone, with_app(post_login), Priority::sign_in,
       RateClass::costly},
      {Method::post, "/api/users/login/code", Access::anyone, with_app(post_login_code),
       http::Audit{"user.log_in_by_code"}, Priority::sign_in, RateClass::costly},
      {Method::post, "/api/users/refresh", Access::anyone, with_app(post_refresh), Priority::sign_in,
       RateClass::costly},
      {Method::post, "/api/users/logout", Access::signed_in, with_app(post_logout),
       http::Audit{"user.log_out"}, Priority::sign_in},
      {Method::get, "/api/users/profile", Access::signed_in, with_app(get_profile)},
      {Method::put, "/api/users/profile", Access::signed_in, with_app(put_profile),
       http::Audit{"user.change_profile"}},
      {Method::post, "/api/users/password", Access::signed_in, with_app(post_password),
       http::Audit{"user.change_password"}, Priority::sign_in, RateClass::costly},
      {Method::post, "/api/users/password/reset", Access::anyone, with_app(post_password_reset),
       http::Audit{"user.reset_password"}, Priority::sign_in, RateClass::costly},
      {Method::get, "/api/users/setup", Access::anyone, with_app(get_setup), Priority::sign_in},
      {Method::post, "/api/users/setup", Access::anyone, with_app(post_setup), http::Audit{"user.set_up"},
       Priority::sign_in, RateClass::costly},
      {Method::get, "/api/users", Access::staff, with_app(find_users)},
      {Method::get, "/api/users/all", Access::admin, with_app(get_users)},
      {Method::put, "/api/users/{id}", Access::admin, with_app(put_user),
       http::Audit{"user.change", {"role", "is_active"}}},
      {Method::post, "/api/users/{id}/reset-code", Access::admin, with_app(post_reset_code),
       http::Audit{"user.issue_reset_code"}},
      {Method::get, "/api/users/{id}/export", Access::owner_or_admin, with_app(get_export),
       http::Audit{"user.export"}, RateClass::costly},
      {Method::post, "/api/users/{id}/erasure", Access::owner_or_admin, with_app(post_erasure),
       http::Audit{"user.erase"}, Priority::sign_in, RateClass::costly},
      {Method::get, "/api/users/{id}/erasure", Access::admin, with_app(get_erasure)},
      {Method::get, "/api/users/erasures", Access::anyone, with_app(get_erasure_by_receipt)},
      {Method::get, "/internal/users", Access::service, with_app(find_user_by_email)},
      {Method::post, "/internal/users", Access::service, with_app(post_user),
       http::Audit{"user.add", {"role", "update_existing"}}},
      {Method::get, "/internal/users/{id}", Access::service, with_app(get_user), Priority::checkout},
      {Method::get, "/internal/users/{id}/export", Access::service, with_app(get_export_for_operator),
       http::Audit{"user.export"}},
      {Method::post, "/internal/users/{id}/erasure", Access::service, with_app(post_erasure_for_operator),
       http::Audit{"user.erase"}},
      {Method::get, "/internal/erasures", Access::service, with_app(get_erasures)},
      {Method::get, "/internal/erasures/outstanding", Access::service, with_app(get_outstanding_erasures)},
      {Method::post, "/internal/erasures/reports", Access::service, with_app(post_erasure_report)},
      {Method::post, "/internal/erasures/repeat", Access::service, with_app(post_repeated_erasures),
       http::Audit{"user.repeat_erasures"}},
      {Method::get, "/internal/revocations", Access::service, with_app(get_revocations), Priority::checkout},
  };
}

}  // namespace cloudcart::user
