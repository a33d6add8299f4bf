#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/web_socket.h"

namespace cloudcart::http {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// A message of one or more frames put together, or a control frame.
struct WebSocketMessage {
  Opcode opcode = Opcode::text;  ///< text, close, ping or pong
  std::string payload;
};

/// Takes a client's frames apart as their bytes come (RFC 6455 section 5). Holds one message at most, within
/// the bound: a frame that promises more is refused by its head.
class FrameReader {
 public:
  explicit FrameReader(std::size_t max_message_bytes) : max_message_bytes_(max_message_bytes) {}

  void feed(std::string_view bytes);
  /// What is whole; nullopt: more bytes are needed. An error is for good.
  std::expected<std::optional<WebSocketMessage>, Closing> next();

 private:
  struct Head;

  std::expected<std::optional<Head>, Closing> read_head() const;
  std::optional<Closing> violation(const Head& head) const;
  std::expected<std::optional<WebSocketMessage>, Closing> take(const Head& head);

  const std::size_t max_message_bytes_;
  std::string unread_;
  std::string fragments_;
  bool in_message_ = false;
};

/// Where the frames of a server end, as their bytes pass by.
class FrameBoundary {
 public:
  void pass(std::string_view bytes);
  bool is_between_frames() const { return head_.empty() && payload_left_ == 0; }

 private:
  std::string head_;  ///< of a frame, as far as it has come
  std::uint64_t payload_left_ = 0;
};

/// One frame, unmasked as a server's are.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
std::string frame_of(Opcode opcode, std::string_view payload);
std::string close_frame_of(const Closing& closing);
/// The code and reason of a client's close frame. Errors: a code that may not be sent, a reason that is no text.
std::expected<Closing, Closing> parse_close(std::string_view payload);

}  // namespace cloudcart::http
