// The small forms that requests are full of: escapes, base64url, ids, amounts, dates, keys, URLs, trace contexts.
#include "core/text.h"

#include <algorithm>

#include "core/id.h"
#include "core/idempotency_key.h"
#include "core/json_writer.h"
#include "core/money.h"
#include "core/time_zone.h"
#include "core/timestamp.h"
#include "core/trace_context.h"
#include "fuzz/fuzz_target.h"
#include "http/web_url.h"

using namespace cloudcart;
using fuzz::require;

namespace {

void escapes(std::string_view input) {
  require(percent_decode(percent_encode(input), false) == input, "what is percent-encoded decodes to itself");
  require(base64url_decode(base64url_encode(input)) == input, "what is base64url-encoded decodes to itself");
  if (const auto bytes = base64url_decode(input))
    require(base64url_encode(*bytes) == input, "bytes have one base64url text only");
  std::string quoted;
  append_json_string(quoted, input);
  require(is_valid_utf8(quoted), "a JSON string is UTF-8, whatever it was made from");
  require(is_valid_utf8(latin1_to_utf8(input)), "what was Latin-1 is UTF-8");
  if (is_valid_utf8(input)) require(utf8_length(input) <= input.size(), "no more letters than bytes");
}

void ids(std::string_view input) {
  const auto id = Uuid::parse(input);
  if (!id) return;
  require(id->to_string() == ascii_lower(input), "an id is written as it was read");
  require(Uuid::from_bytes(id->as_bytes()) == id, "an id is its bytes");
}

void amounts(std::string_view input) {
  const auto amount = Money::parse(input);
  if (!amount) return;
  require(Money::parse(amount->to_string()) == amount, "an amount is written as it was read");
  if (const auto doubled = amount->times(2)) require(doubled->minus(*amount) == amount, "amounts add up");
}

void times(std::string_view input) {
  if (const auto time = parse_rfc3339(input))
    require(parse_rfc3339(to_rfc3339(*time)) == time, "a time is written as it was read");
  if (const auto date = parse_date(input))
    require(date->ok() && to_date_string(*date) == input, "a date is written as it was read");
  if (const auto date = read_date(input))
    require(int{date->year()} >= 1970 && int{date->year()} <= 2199, "dates are of years that are reckoned");
  if (const auto zone = TimeZone::load(input))
    require(input.find("..") == std::string_view::npos && !input.starts_with('/'), "a zone is no path");
}

void addresses(std::string_view input) {
  if (const auto key = IdempotencyKey::parse(input))
    require(key->value == input && input.size() <= 255 &&
                std::ranges::all_of(input, [](char c) { return c > 0x20 && c < 0x7F; }),
            "a key is visible ASCII of at most 255 characters");
  const auto url = http::parse_web_url(input);
  if (!url) return;
  require(url->target.starts_with('/') && !url->host.empty(), "a URL has a host and a target");
  const auto written = std::string{url->tls ? "https://" : "http://"} + url->authority() + url->target;
  require(http::parse_web_url(written) == url, "a URL is written as it was read");
  require(written.find_first_of(std::string_view{"\r\n \0#", 5}) == std::string::npos &&
              !url->authority().contains('@'),
          "nothing in a URL ends a line of a request, or names a user");
}

void traces(std::string_view input) {
  if (const auto context = parse_traceparent(input)) {
    require(context->is_valid(), "no ids of zeros");
    const auto written = to_traceparent(*context);
    require(parse_traceparent(written) == context, "a trace context is written as it was read");
    require(written.substr(2, 51) == input.substr(2, 51), "the ids are those that were given");
    require(!input.starts_with("00") || input.size() == written.size(),
            "version 00 has nothing behind its flags");
  }
  if (is_tracestate(input))
    require(input.size() <= 512 && input.contains('=') &&
                std::ranges::all_of(input, [](char c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; }),
            "a tracestate can stand in a header");
}

}  // namespace

FUZZ_TARGET(text) {
  escapes(input);
  ids(input);
  amounts(input);
  times(input);
  addresses(input);
  traces(input);
}
