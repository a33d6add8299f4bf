// What other processes of the platform answer: errors, revocations and erasures.
#include "auth/revocation_json.h"
#include "core/json_reader.h"
#include "fuzz/fuzz_target.h"
#include "http/problem.h"
#include "privacy/erasure_json.h"

using namespace cloudcart;
using fuzz::require;

namespace {

void revocations(std::string_view input) {
  const auto body = parse_json(input);
  if (!body) return;
  const auto batch = auth::parse_revocations(*body);
  if (!batch) return;
  JsonWriter json;
  auth::write_revocations(json, *batch);
  const auto again = auth::parse_revocations(parse_json(json.str()).value());
  require(again.has_value(), "revocations that are written can be read");
  JsonWriter once_more;
  auth::write_revocations(once_more, *again);
  require(json.str() == once_more.str(), "and are the same");
}

std::string text_of(const privacy::ErasureBatch& batch) {
  JsonWriter json;
  privacy::write_erasures(json, batch);
  return std::move(json).str();
}

void erasures(std::string_view input) {
  const auto body = parse_json(input);
  if (!body) return;
  const auto batch = privacy::parse_erasures(*body);
  if (!batch) return;
  const auto again = privacy::parse_erasures(parse_json(text_of(*batch)).value());
  require(again.has_value(), "erasures that are written can be read");
  require(again->erasures == batch->erasures && again->last == batch->last, "and are the same");
}

}  // namespace

/// First byte: which status the answer has.
FUZZ_TARGET(service_answer) {
  fuzz::Input bytes(input);
  constexpr int statuses[] = {400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504, 302, 599};
  const int status = statuses[bytes.byte() % std::size(statuses)];
  const auto error = http::error_of_response(status, bytes.rest());
  require(!error.message.empty(), "an error has a sentence");
  const auto shown = http::problem_response(error, "request-1");
  require(shown.status >= 400 && shown.status < 600 && parse_json(shown.body).has_value(),
          "and can be passed on");
  revocations(bytes.rest());
  erasures(bytes.rest());
}
