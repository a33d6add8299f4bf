#pragma once

#include "http/upgrade.h"
#include "http/web_socket.h"
#include "http/web_socket_frames.h"
#include "runtime/executor.h"
#include "runtime/notifier.h"

namespace cloudcart::http {

/// One WebSocket (RFC 6455): a conversation over a connection. Memory: one message in, one piece of messages out.
/// Pings keep the connection alive; who is silent for too long is gone.
class WebSocketSession final : public Upgrade, public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(std::shared_ptr<Conversation> conversation, WebSocketLimits limits)
      : conversation_(std::move(conversation)), limits_(limits), reader_(limits.max_message_bytes) {}

  Task<void> run(std::shared_ptr<UpgradedConnection> connection) override;
  void end(End why) override;

 private:
  void begin(Task<void> task);
  Task<void> read_all();
  Task<bool> take(WebSocketMessage message);
  Task<void> write_all();
  Task<std::expected<std::string, Closing>> next_frames();
  Task<bool> send(std::string frames, bool is_goodbye = false);
  Task<void> ping();
  Task<void> close(Closing closing);
  void keep_alive_later();
  void keep_alive();

  const std::shared_ptr<Conversation> conversation_;
  const WebSocketLimits limits_;
  FrameReader reader_;
  std::shared_ptr<UpgradedConnection> connection_;  ///< while run() runs
  MonotonicTime last_heard_{};
  std::optional<Closing> ended_;  ///< by end()
  bool sending_ = false;
  bool closing_ = false;  ///< our close frame is the next to be sent, or has been
  int tasks_ = 0;         ///< beside run()
  Notifier changed_;
};

}  // namespace cloudcart::http
