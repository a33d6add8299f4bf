#pragma once

#include "analytics/ports/webhook_sender.h"
#include "http/outside_client.h"

namespace cloudcart::analytics {

/// "t=<seconds since 1970>,v1=<hex HMAC-SHA-256 of "<t>.<body>" by the secret>": the scheme of Stripe's webhook
/// signatures (docs.stripe.com/webhooks, "Verify webhook signatures manually"). The time is signed too, so that
/// a receiver can refuse what is old.
std::string webhook_signature(std::string_view secret, Timestamp at, std::string_view body);

/// POSTs events as JSON with X-CloudCart-Signature, and the event's id as Idempotency-Key. Any 2xx is taken;
/// redirects are not followed.
class HttpWebhookSender final : public WebhookSender {
 public:
  explicit HttpWebhookSender(http::OutsideClient& client) : client_(client) {}

  Task<Status> send(WebhookCall call, Deadline deadline) override;
  void stop() override { client_.stop(); }

 private:
  http::OutsideClient& client_;
};

}  // namespace cloudcart::analytics
