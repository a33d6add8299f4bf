#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudcart {

/// The closed set of things that can go wrong. Only http/problem.cpp knows which HTTP status each one is.
enum class ErrorCode : std::uint8_t {
  malformed_request,  ///< not parseable: broken JSON, bad header, bad percent-encoding
  validation_failed,  ///< parseable, but a field or parameter breaks a rule; see Error::fields
  unauthenticated,    ///< no token, or one that is invalid, expired or revoked
  forbidden,          ///< a valid caller whose role does not allow this
  not_found,          ///< does not exist, or is not visible to this caller
  method_not_allowed,
  conflict,                 ///< breaks a uniqueness rule, or lost a race against another writer
  insufficient_inventory,   ///< Error::fields names each product that is short
  invalid_transition,       ///< the order's state machine has no such edge
  idempotency_in_progress,  ///< the first request with this key is still running
  idempotency_conflict,     ///< this key came before with another body
  request_timeout,          ///< the request itself came too slowly
  payload_too_large,
  uri_too_long,
  headers_too_large,
  unsupported_media_type,
  upgrade_required,  ///< the address speaks another protocol than HTTP
  rate_limited,
  overloaded,         ///< shed before any work was done
  deadline_exceeded,  ///< gave up before any effect
  unavailable,        ///< a dependency does not answer; nothing was changed
  outcome_unknown,    ///< a commit was sent and its answer lost: it may or may not have happened
  internal,           ///< a defect or a broken invariant
};

/// The stable machine word for clients, e.g. "validation_failed".
std::string_view to_string(ErrorCode code);

/// The inverse of to_string; nullopt for a word that is not in the set.
std::optional<ErrorCode> parse_error_code(std::string_view word);

struct FieldError {
  std::string field;    ///< JSON path or parameter name, e.g. "items[0].quantity"
  std::string message;  ///< what is wrong and what is accepted; does not repeat the field's name
  bool operator==(const FieldError&) const = default;
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  ///< one sentence for a person, with the mend where there is one
  std::vector<FieldError>
      fields;  ///< all violations at once, for validation_failed and insufficient_inventory
  std::chrono::seconds retry_after{0};  ///< for rate_limited: how long to wait; 0: a moment

  static Error validation(std::vector<FieldError> fields);
  static Error not_found(std::string what) { return {ErrorCode::not_found, what + " not found"}; }
};

template <class T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::vector<FieldError> fields = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(fields)});
}
inline std::unexpected<Error> fail(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace cloudcart

#define CLOUDCART_CONCAT_INNER(a, b) a##b
#define CLOUDCART_CONCAT(a, b) CLOUDCART_CONCAT_INNER(a, b)

/// CLOUDCART_TRY(auto x, expression): binds the value of a Result, or returns its error from a plain
/// function.
#define CLOUDCART_TRY(declaration, expression)                                          \
  auto CLOUDCART_CONCAT(try_result_, __LINE__) = (expression);                          \
  if (!CLOUDCART_CONCAT(try_result_, __LINE__))                                         \
    return std::unexpected(std::move(CLOUDCART_CONCAT(try_result_, __LINE__)).error()); \
  declaration = *std::move(CLOUDCART_CONCAT(try_result_, __LINE__))

/// The same in a coroutine.
#define CLOUDCART_CO_TRY(declaration, expression)                                          \
  auto CLOUDCART_CONCAT(try_result_, __LINE__) = (expression);                             \
  if (!CLOUDCART_CONCAT(try_result_, __LINE__))                                            \
    co_return std::unexpected(std::move(CLOUDCART_CONCAT(try_result_, __LINE__)).error()); \
  declaration = *std::move(CLOUDCART_CONCAT(try_result_, __LINE__))

/// For a Status, or where the value is not needed.
#define CLOUDCART_CHECK(expression)                      \
  if (auto check_result_ = (expression); !check_result_) \
  return std::unexpected(std::move(check_result_).error())

#define CLOUDCART_CO_CHECK(expression)                   \
  if (auto check_result_ = (expression); !check_result_) \
  co_return std::unexpected(std::move(check_result_).error())
