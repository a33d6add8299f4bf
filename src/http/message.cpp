#include "http/message.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace cloudcart::http {
namespace {
constexpr std::array<std::string_view, 8> method_words{"GET",   "HEAD",   "POST",    "PUT",
                                                       "PATCH", "DELETE", "OPTIONS", ""};
}

std::string_view to_string(Method method) {
  return method_words[static_cast<std::size_t>(method)];
}

Method parse_method(std::string_view word) {
  const auto found = std::ranges::find(method_words, word);
  return found == method_words.end() ? Method::other : static_cast<Method>(found - method_words.begin());
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& field : fields_)
    if (ascii_iequals(field.name, name)) return field.value;
  return std::nullopt;
}

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const Field& field) { return ascii_iequals(field.name, name); });
  add(name, std::move(value));
}

void Headers::add(std::string_view name, std::string value) {
  fields_.push_back({std::string{name}, std::move(value)});
}

Task<Status> Request::begin_audit(Caller actor) {
  if (!audit_as) co_return Status{};
  co_return co_await audit_as(std::move(actor));
}

std::string_view Request::parameter(std::string_view name) const {
  for (const auto& [key, value] : parameters)
    if (key == name) return value;
  return {};
}

Response json_response(int status, std::string json) {
  Response response{.status = status, .body = std::move(json)};
  response.headers.add("Content-Type", "application/json");
  return response;
}

Response data_response(int status, JsonWriter data, std::string_view message) {
  std::string body = R"({"success":true,)";
  if (!message.empty()) {
    body += R"("message":)";
    append_json_string(body, message);
    body += ',';
  }
  body += R"("data":)";
  body += data.str();
  body += '}';
  return json_response(status, std::move(body));
}

Response message_response(int status, std::string_view message) {
  JsonWriter json;
  json.begin_object().field("success", true).field("message", message).end_object();
  return json_response(status, std::move(json).str());
}

}  // namespace cloudcart::http
