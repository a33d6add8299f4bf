#pragma once

#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "http/message.h"

namespace cloudcart::http {

/// Why a WebSocket ends (RFC 6455 section 7.4.1).
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,  ///< never sent: a close frame that gave no reason
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  internal_error = 1011,
  try_again_later = 1013,
};

struct Closing {
  CloseCode code = CloseCode::normal;
  std::string reason;  ///< at most 123 bytes
  bool operator==(const Closing&) const = default;
};

/// A conversation by whole text messages: what a handler puts behind a WebSocket. All on one loop.
class Conversation {
 public:
  using Messages = std::vector<std::string>;

  virtual ~Conversation() = default;
  /// A message of the client: valid UTF-8 within the bound. The next one is read when this has ended.
  virtual Task<void> receive(std::string message) = 0;
  /// The next messages in order, or why there are no more. Called again only after those before were written,
  /// so a slow reader slows the producer and nothing piles up. Runs beside receive().
  virtual Task<std::expected<Messages, Closing>> next() = 0;
  /// The conversation is over: next() and receive() must end soon.
  virtual void cancel() = 0;
};

struct WebSocketLimits {
  std::size_t max_message_bytes = 4096;  ///< of the client
  milliseconds ping_interval{20'000};
  milliseconds longest_silence{50'000};  ///< of a client, which has to answer pings
  milliseconds close_timeout{1'000};     ///< for the client's answer to a close frame
};

/// Whether a request asks for a WebSocket.
bool asks_for_web_socket(const Request& request);
/// A browser cannot set Authorization on a WebSocket, so the token may come as one of the subprotocols that are
/// offered: "bearer.<token>".
std::optional<std::string_view> token_among_subprotocols(const Request& request);
/// The rules of the opening handshake (RFC 6455 section 4.2.1). Errors: upgrade_required for a request that
/// asks for something else, malformed_request for one that asks wrongly, or offers subprotocols without
/// `subprotocol`.
Status check_handshake(const Request& request, std::string_view subprotocol);
/// A browser sends cookies and lets pages of any origin open WebSockets: only those of this server's own origin
/// and of `allowed` may. Who sends no Origin is no browser. Error: forbidden.
Status check_origin(const Request& request, const std::vector<std::string>& allowed);

/// The answer 101 to a request that check_handshake() has let pass.
Response web_socket_response(const Request& request, std::string_view subprotocol,
                             std::shared_ptr<Conversation> conversation, WebSocketLimits limits = {});

}  // namespace cloudcart::http
