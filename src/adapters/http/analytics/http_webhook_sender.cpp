#include "adapters/http/analytics/http_webhook_sender.h"

#include <fmt/format.h>

#include "core/sha256.h"

namespace cloudcart::analytics {
namespace {

http::Headers headers_of(const WebhookCall& call) {
  http::Headers headers;
  headers.set("Content-Type", "application/json");
  headers.set("User-Agent", "CloudCart");
  headers.set("Idempotency-Key", call.event.to_string());
  headers.set("X-CloudCart-Signature", webhook_signature(call.webhook.secret, call.at, call.body));
  return headers;
}

}  // namespace

std::string webhook_signature(std::string_view secret, Timestamp at, std::string_view body) {
  const auto seconds_since_epoch = std::chrono::floor<seconds>(at).time_since_epoch().count();
  const auto digest = hmac_sha256(secret, fmt::format("{}.{}", seconds_since_epoch, body));
  return fmt::format("t={},v1={}", seconds_since_epoch, to_hex(digest));
}

Task<Status> HttpWebhookSender::send(WebhookCall call, Deadline deadline) {
  auto url = http::parse_web_url(call.webhook.url);
  if (!url) co_return fail(ErrorCode::unavailable, "the address is no http or https URL");
  auto headers = headers_of(call);
  CLOUDCART_CO_TRY(const auto answer, co_await client_.post(*std::move(url), std::move(headers),
                                                            std::move(call.body), deadline));
  const auto status = answer.status;
  if (status >= 200 && status < 300) co_return Status{};
  const bool redirect = status >= 300 && status < 400;
  co_return fail(ErrorCode::unavailable,
                 fmt::format("answered {}{}", status, redirect ? "; redirects are not followed" : ""));
}

}  // namespace cloudcart::analytics
