#include "user/app/export_account.h"

namespace cloudcart::user {
namespace {

void write_account(JsonWriter& json, const User& user) {
  json.begin_object().field("id", user.id).field("email", user.email);
  json.field("first_name", user.first_name).field("last_name", user.last_name);
  json.field("role", to_string(user.role)).field("is_active", user.is_active);
  json.field("has_password", !user.password_hash.empty());
  json.field("created_at", user.created_at).field("updated_at", user.updated_at).end_object();
}

/// Without what the sessions could be used by.
void write_sessions(JsonWriter& json, const std::vector<Session>& sessions) {
  json.begin_array();
  for (const auto& session : sessions) {
    json.begin_object().field("id", session.id).field("created_at", session.created_at);
    json.field("expires_at", session.expires_at).end_object();
  }
  json.end_array();
}

}  // namespace

Task<Result<std::optional<std::string>>> AccountExport::next(Deadline deadline) {
  if (!beginning_.empty()) co_return std::exchange(beginning_, {});
  if (section_ == sections_.size()) {
    if (std::exchange(is_over_, true)) co_return std::nullopt;
    co_return "}\n";
  }
  const auto& section = sections_[section_];
  CLOUDCART_CO_TRY(const auto page, co_await section.data->page(tenant_, user_, after_, deadline));
  std::string piece;
  if (!std::exchange(is_open_, true)) piece = ",\"" + section.name + "\":[";
  if (!page.items.empty()) {
    if (std::exchange(has_items_, true)) piece += ',';
    piece += page.items;
  }
  after_ = page.next;
  if (after_.empty()) {
    piece += ']';
    ++section_;
    is_open_ = has_items_ = false;
  }
  co_return piece;
}

Task<Result<AccountExport>> ExportAccount::operator()(Caller caller, UserId user) {
  if (!caller.owns(user) && !caller.is_admin()) co_return fail(Error::not_found("Account"));
  co_return co_await as_operator(std::move(caller), user);
}

Task<Result<AccountExport>> ExportAccount::as_operator(Caller caller, UserId user) {
  CLOUDCART_CO_TRY(const auto found, co_await users_.find(caller.tenant, {user}, caller.deadline));
  if (found.empty()) co_return fail(Error::not_found("Account"));
  CLOUDCART_CO_TRY(const auto sessions, co_await sessions_.of_user(caller.tenant, user, caller.deadline));
  JsonWriter json;
  json.begin_object().field("exported_at", clock_.now()).key("account");
  write_account(json, found.front());
  json.key("sessions");
  write_sessions(json, sessions);
  json.end_object();
  auto beginning = std::move(json).str();
  beginning.pop_back();  // the closing brace: the other services' sections follow
  co_return AccountExport(std::move(beginning), std::move(caller.tenant), user, sections_);
}

}  // namespace cloudcart::user
