#include "gateway/web_socket_relay.h"

#include "http/web_socket_frames.h"
#include "runtime/executor.h"

namespace cloudcart::gateway {
namespace {

/// For the client's answer to the close frame.
constexpr seconds farewell{1};

}  // namespace

/// Passes everything on, and knows where the service's frames end.
class WebSocketRelay::ClientSide final : public http::UpgradedConnection,
                                         public std::enable_shared_from_this<ClientSide> {
 public:
  explicit ClientSide(std::shared_ptr<http::UpgradedConnection> connection)
      : connection_(std::move(connection)) {}

  Task<std::optional<std::string>> read() override { return connection_->read(); }
  Task<bool> write(std::string bytes) override {
    if (said_goodbye_) co_return false;
    boundary_.pass(bytes);
    writing_ = true;
    const bool written = co_await connection_->write(std::move(bytes));
    writing_ = false;
    if (leaving_ && boundary_.is_between_frames()) co_await say_goodbye();
    co_return written && !said_goodbye_;
  }
  void close() override {
    // What the client answers is for nobody any more, but to close with it unread could cost it our goodbye.
    if (!said_goodbye_) connection_->close();
  }

  void leave() {
    if (std::exchange(leaving_, true)) return;
    auto* executor = Executor::current();
    executor->post_at(executor->now() + farewell, [weak = std::weak_ptr{connection_}] {
      if (const auto connection = weak.lock()) connection->close();
    });
    if (!writing_ && boundary_.is_between_frames())
      start(say_goodbye(), [self = shared_from_this()](auto) {});
  }

 private:
  Task<void> say_goodbye() {
    said_goodbye_ = true;
    co_await connection_->write(
        http::close_frame_of({http::CloseCode::going_away, "The server is about to stop."}));
  }

  const std::shared_ptr<http::UpgradedConnection> connection_;
  http::FrameBoundary boundary_;
  bool writing_ = false;
  bool leaving_ = false;
  bool said_goodbye_ = false;
};

Task<void> WebSocketRelay::run(std::shared_ptr<http::UpgradedConnection> connection) {
  client_ = std::make_shared<ClientSide>(std::move(connection));
  co_await tunnel_->run(client_);
  client_.reset();
}

void WebSocketRelay::end(End why) {
  // Whose session is over the service behind knows too, and says so itself.
  if (why != End::draining) return;
  if (client_) {
    client_->leave();
  } else {
    tunnel_->end(why);
  }
}

}  // namespace cloudcart::gateway
