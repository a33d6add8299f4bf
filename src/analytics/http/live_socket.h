#pragma once

#include <deque>
#include <memory>
#include <string>

#include "analytics/http/live_command.h"
#include "analytics/http/live_reader.h"
#include "http/web_socket.h"
#include "runtime/notifier.h"

namespace cloudcart::analytics {

/// The live feed over a WebSocket, by topics that the client chooses:
///   {"action":"subscribe","topics":["overview","orders"],"after":42}   also from, to, tz and products
///   {"action":"unsubscribe","topics":["orders"]}   {"action":"ping"}
/// answered by subscribed, unsubscribed, pong or error; then {"type","position","data"} for each thing that happens.
/// Commands are obeyed in turn by the task that also tells the news, and only a few may wait.
class LiveSocket final : public http::Conversation {
 public:
  /// Of what is offered in the handshake (RFC 6455 section 1.9).
  static constexpr std::string_view subprotocol = "cloudcart";

  /// Error: overloaded.
  static Result<std::shared_ptr<LiveSocket>> open(AnalyticsApp& app,
                                                  std::shared_ptr<SharedOverviews> overviews,
                                                  const Caller& caller);
  LiveSocket(AnalyticsApp& app, Caller caller, std::unique_ptr<LiveReader> reader)
      : app_(app), caller_(std::move(caller)), reader_(std::move(reader)) {}

  Task<void> receive(std::string message) override;
  Task<std::expected<Messages, http::Closing>> next() override;
  void cancel() override;

 private:
  Task<void> obey(std::string message, Messages& answers);
  Task<void> subscribe(LiveCommand command, Messages& answers);
  std::string topics_json(std::string_view type) const;

  AnalyticsApp& app_;
  const Caller caller_;
  const std::unique_ptr<LiveReader> reader_;
  std::deque<std::string> commands_;
  Notifier taken_;
  bool cancelled_ = false;
};

}  // namespace cloudcart::analytics
