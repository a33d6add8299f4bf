#include "core/result.h"

#include <algorithm>
#include <array>

namespace cloudcart {
namespace {

struct Word {
  ErrorCode code;
  std::string_view word;
};

constexpr std::array words{
    Word{ErrorCode::malformed_request, "malformed_request"},
    Word{ErrorCode::validation_failed, "validation_failed"},
    Word{ErrorCode::unauthenticated, "unauthenticated"},
    Word{ErrorCode::forbidden, "forbidden"},
    Word{ErrorCode::not_found, "not_found"},
    Word{ErrorCode::method_not_allowed, "method_not_allowed"},
    Word{ErrorCode::conflict, "conflict"},
    Word{ErrorCode::insufficient_inventory, "insufficient_inventory"},
    Word{ErrorCode::invalid_transition, "invalid_transition"},
    Word{ErrorCode::idempotency_in_progress, "idempotency_in_progress"},
    Word{ErrorCode::idempotency_conflict, "idempotency_conflict"},
    Word{ErrorCode::request_timeout, "request_timeout"},
    Word{ErrorCode::payload_too_large, "payload_too_large"},
    Word{ErrorCode::uri_too_long, "uri_too_long"},
    Word{ErrorCode::headers_too_large, "headers_too_large"},
    Word{ErrorCode::unsupported_media_type, "unsupported_media_type"},
    Word{ErrorCode::upgrade_required, "upgrade_required"},
    Word{ErrorCode::rate_limited, "rate_limited"},
    Word{ErrorCode::overloaded, "overloaded"},
    Word{ErrorCode::deadline_exceeded, "deadline_exceeded"},
    Word{ErrorCode::unavailable, "unavailable"},
    Word{ErrorCode::outcome_unknown, "outcome_unknown"},
    Word{ErrorCode::internal, "internal"},
};
static_assert(words.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);

}  // namespace

std::string_view to_string(ErrorCode code) {
  return words[static_cast<std::size_t>(code)].word;
}

std::optional<ErrorCode> parse_error_code(std::string_view word) {
  const auto found = std::ranges::find(words, word, &Word::word);
  if (found == words.end()) return std::nullopt;
  return found->code;
}

Error Error::validation(std::vector<FieldError> fields) {
  return {ErrorCode::validation_failed, "The request breaks one or more rules; see errors.",
          std::move(fields)};
}

}  // namespace cloudcart
