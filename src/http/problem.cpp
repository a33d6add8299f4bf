#include "http/problem.h"

#include <random>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "core/json_reader.h"
#include "core/random.h"

namespace cloudcart::http {

namespace {

/// Not the same for all: those who were refused together would come back together. Never sooner than the error says.
seconds retry_after(const Error& error) {
  constexpr seconds spread_of_a_moment{3};
  thread_local Random random{std::random_device{}(), 0};
  if (error.retry_after > seconds{0})
    return error.retry_after + seconds{random.between(0, (error.retry_after.count() + 3) / 4)};
  return seconds{random.between(1, 1 + spread_of_a_moment.count())};
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed_request:
      return 400;
    case ErrorCode::validation_failed:
      return 400;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::method_not_allowed:
      return 405;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::insufficient_inventory:
      return 409;
    case ErrorCode::invalid_transition:
      return 409;
    case ErrorCode::idempotency_in_progress:
      return 409;
    case ErrorCode::idempotency_conflict:
      return 422;
    case ErrorCode::request_timeout:
      return 408;
    case ErrorCode::payload_too_large:
      return 413;
    case ErrorCode::uri_too_long:
      return 414;
    case ErrorCode::headers_too_large:
      return 431;
    case ErrorCode::unsupported_media_type:
      return 415;
    case ErrorCode::upgrade_required:
      return 426;
    case ErrorCode::rate_limited:
      return 429;
    case ErrorCode::overloaded:
      return 503;
    case ErrorCode::deadline_exceeded:
      return 503;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::outcome_unknown:
      return 503;
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

Response problem_response(const Error& error, std::string_view request_id) {
  const bool wrong_method = error.code == ErrorCode::method_not_allowed;
  JsonWriter json;
  json.begin_object().field("success", false);
  json.field("message",
             wrong_method ? fmt::format("This address answers {} only.", error.message) : error.message);
  if (!error.fields.empty()) {
    json.key("errors").begin_array();
    for (const auto& [field, message] : error.fields) json.value(field + ": " + message);
    json.end_array();
  }
  json.field("code", to_string(error.code)).field("request_id", request_id).end_object();

  auto response = json_response(status_of(error.code), std::move(json).str());
  if (wrong_method) response.headers.add("Allow", error.message);
  if (response.status == 503 || response.status == 429)
    response.headers.add("Retry-After", std::to_string(retry_after(error).count()));
  if (response.status == 426) {
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Sec-WebSocket-Version", "13");
  }
  if (response.status == 401) response.headers.add("WWW-Authenticate", "Bearer");
  return response;
}

Error error_of_response(int status, std::string_view body) {
  Error error{ErrorCode::unavailable, fmt::format("A service answered {}.", status), {}};
  const auto parsed = parse_json(body);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  if (!object) return error;
  if (const auto* code = object->if_contains("code"); code && code->is_string())
    error.code = parse_error_code(std::string_view{code->get_string()}).value_or(ErrorCode::unavailable);
  if (const auto* message = object->if_contains("message");
      message && message->is_string() && !message->get_string().empty())
    error.message = std::string_view{message->get_string()};
  if (const auto* errors = object->if_contains("errors"); errors && errors->is_array()) {
    for (const auto& entry : errors->get_array()) {
      if (!entry.is_string()) continue;
      const std::string_view text = entry.get_string();
      const auto colon = text.find(": ");
      if (colon == std::string_view::npos) continue;
      error.fields.push_back({std::string{text.substr(0, colon)}, std::string{text.substr(colon + 2)}});
    }
  }
  return error;
}

}  // namespace cloudcart::http
