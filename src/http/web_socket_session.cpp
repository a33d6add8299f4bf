#include "http/web_socket_session.h"

#include <spdlog/spdlog.h>

namespace cloudcart::http {

Task<void> WebSocketSession::run(std::shared_ptr<UpgradedConnection> connection) {
  const auto self = shared_from_this();
  connection_ = std::move(connection);
  last_heard_ = Executor::current()->now();
  keep_alive_later();
  begin(write_all());
  co_await read_all();
  conversation_->cancel();
  connection_->close();
  while (tasks_ > 0) {
    const auto ticket = changed_.ticket();
    if (tasks_ > 0) co_await changed_.wait(ticket, MonotonicTime::max());
  }
  connection_.reset();
}

/// Starts what run() has to wait for.
void WebSocketSession::begin(Task<void> task) {
  ++tasks_;
  start(std::move(task), [self = shared_from_this()](auto) {
    --self->tasks_;
    self->changed_.notify_all();
  });
}

void WebSocketSession::end(End why) {
  if (ended_) return;
  ended_ = why == End::draining
               ? Closing{CloseCode::going_away, "The server is about to stop."}
               : Closing{CloseCode::policy_violation, "Your session is over; sign in again."};
  // The writer has the last word.
  conversation_->cancel();
}

/// Until the client says goodbye, is gone, or breaks a rule.
Task<void> WebSocketSession::read_all() {
  for (;;) {
    auto message = reader_.next();
    if (!message) {
      co_await close(std::move(message).error());
      // What follows a broken frame cannot be read. To close with it unread could cost the client our goodbye.
      while (co_await connection_->read()) {
      }
      co_return;
    }
    if (*message) {
      if (!co_await take(**std::move(message))) co_return;
      continue;
    }
    const auto bytes = co_await connection_->read();
    if (!bytes) co_return;
    last_heard_ = Executor::current()->now();
    reader_.feed(*bytes);
  }
}

/// False at the client's goodbye.
Task<bool> WebSocketSession::take(WebSocketMessage message) {
  switch (message.opcode) {
    case Opcode::close: {
      const auto closing = parse_close(message.payload);
      co_await close(closing ? Closing{closing->code, {}} : closing.error());
      co_return false;
    }
    case Opcode::ping:
      co_await send(frame_of(Opcode::pong, message.payload));
      co_return true;
    case Opcode::text:
      if (!closing_) co_await conversation_->receive(std::move(message.payload));
      co_return true;
    default:
      co_return true;
  }
}

Task<void> WebSocketSession::write_all() {
  Closing closing{CloseCode::internal_error, "Something went wrong on our side."};
  try {
    for (;;) {
      auto frames = co_await next_frames();
      if (!frames) {
        closing = std::move(frames).error();
        break;
      }
      if (!co_await send(*std::move(frames))) co_return;
    }
  } catch (const std::exception& defect) {
    spdlog::error("a WebSocket failed: {}", defect.what());
  }
  co_await close(ended_.value_or(std::move(closing)));
}

/// By itself, so that the messages are gone while their frames wait for a slow reader.
Task<std::expected<std::string, Closing>> WebSocketSession::next_frames() {
  const auto messages = co_await conversation_->next();
  if (!messages) co_return std::unexpected(messages.error());
  std::string frames;
  for (const auto& message : *messages) append_frame(frames, Opcode::text, message);
  co_return frames;
}

/// Writes whole frames, one call after another: data, pongs and the goodbye come from different tasks. Nothing
/// may follow a close frame.
Task<bool> WebSocketSession::send(std::string frames, bool is_goodbye) {
  while (sending_) {
    const auto ticket = changed_.ticket();
    co_await changed_.wait(ticket, MonotonicTime::max());
  }
  if (closing_ && !is_goodbye) co_return false;
  sending_ = true;
  const bool written = co_await connection_->write(std::move(frames));
  sending_ = false;
  changed_.notify_all();
  if (!written) connection_->close();
  co_return written;
}

/// Says goodbye once. The client has a moment to answer, then the connection closes whatever it does.
Task<void> WebSocketSession::close(Closing closing) {
  if (std::exchange(closing_, true)) co_return;
  co_await send(close_frame_of(closing), true);
  auto* executor = Executor::current();
  executor->post_at(executor->now() + limits_.close_timeout, [weak = std::weak_ptr{connection_}] {
    if (const auto connection = weak.lock()) connection->close();
  });
}

void WebSocketSession::keep_alive_later() {
  auto* executor = Executor::current();
  executor->post_at(executor->now() + limits_.ping_interval, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->connection_) self->keep_alive();
  });
}

void WebSocketSession::keep_alive() {
  if (Executor::current()->now() - last_heard_ >= limits_.longest_silence) {
    connection_->close();
    return;
  }
  // A reader that is being written to has the write time-out.
  if (!sending_) begin(ping());
  keep_alive_later();
}

Task<void> WebSocketSession::ping() {
  co_await send(frame_of(Opcode::ping, {}));
}

}  // namespace cloudcart::http
