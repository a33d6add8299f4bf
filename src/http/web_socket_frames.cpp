#include "http/web_socket_frames.h"

#include "core/text.h"

namespace cloudcart::http {
namespace {

constexpr std::size_t mask_bytes = 4;
constexpr std::size_t max_control_payload = 125;

std::uint8_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<std::uint8_t>(bytes[index]);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) number = number << 8 | byte_at(bytes, i);
  return number;
}

void append_big_endian(std::string& out, std::uint64_t number, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

bool is_control(Opcode opcode) {
  return static_cast<std::uint8_t>(opcode) >= 8;
}

bool is_known(Opcode opcode) {
  const auto number = static_cast<std::uint8_t>(opcode);
  return number <= 2 || (number >= 8 && number <= 10);
}

Closing wrong(const char* what) {
  return {CloseCode::protocol_error, what};
}

}  // namespace

struct FrameReader::Head {
  bool is_last = false;
  bool has_reserved_bits = false;
  bool is_masked = false;
  Opcode opcode = Opcode::text;
  bool is_shortest = true;  ///< the length is written in as few bytes as can be
  std::size_t size = 0;     ///< of the head itself, with the mask
  std::uint64_t payload_bytes = 0;
};

void FrameReader::feed(std::string_view bytes) {
  unread_ += bytes;
}

std::expected<std::optional<FrameReader::Head>, Closing> FrameReader::read_head() const {
  const std::string_view bytes = unread_;
  if (bytes.size() < 2) return std::nullopt;
  const auto first = byte_at(bytes, 0), second = byte_at(bytes, 1);
  Head head{.is_last = (first & 0x80) != 0,
            .has_reserved_bits = (first & 0x70) != 0,
            .is_masked = (second & 0x80) != 0,
            .opcode = static_cast<Opcode>(first & 0x0F),
            .size = 2 + mask_bytes,
            .payload_bytes = static_cast<std::uint64_t>(second & 0x7F)};
  if (const auto length = head.payload_bytes; length >= 126) {
    const std::size_t wide = length == 126 ? 2 : 8;
    if (bytes.size() < 2 + wide) return std::nullopt;
    head.payload_bytes = big_endian(bytes.substr(2, wide));
    head.is_shortest = head.payload_bytes > (wide == 2 ? 125u : 0xFFFFu);
    head.size += wide;
  }
  // Before the rest has come: what is refused is not waited for.
  if (auto found = violation(head)) return std::unexpected(*std::move(found));
  if (bytes.size() < head.size) return std::nullopt;
  return head;
}

std::optional<Closing> FrameReader::violation(const Head& head) const {
  if (head.has_reserved_bits) return wrong("Reserved bits are set, and no extension was agreed on.");
  if (!head.is_masked) return wrong("A client's frames are masked.");
  if (!is_known(head.opcode)) return wrong("The frame has no known opcode.");
  if (!head.is_shortest) return wrong("The length is not written in its shortest form.");
  if (is_control(head.opcode)) {
    if (!head.is_last) return wrong("A control frame may not be fragmented.");
    if (head.payload_bytes > max_control_payload) return wrong("A control frame holds 125 bytes at most.");
    return std::nullopt;
  }
  if (head.opcode == Opcode::binary)
    return Closing{CloseCode::unsupported_data, "Send text, not binary data."};
  if (in_message_ != (head.opcode == Opcode::continuation))
    return wrong(in_message_ ? "A message begins before the last one has ended."
                             : "A continuation of a message that has not begun.");
  if (head.payload_bytes > max_message_bytes_ - fragments_.size())
    return Closing{CloseCode::message_too_big,
                   "A message may have " + std::to_string(max_message_bytes_) + " bytes."};
  return std::nullopt;
}

std::expected<std::optional<WebSocketMessage>, Closing> FrameReader::next() {
  for (;;) {
    auto head = read_head();
    if (!head) return std::unexpected(std::move(head).error());
    if (!*head || unread_.size() < (*head)->size + (*head)->payload_bytes) return std::nullopt;
    auto taken = take(**head);
    if (!taken || *taken) return taken;
  }
}

/// Takes a whole frame; answers the message that it completes.
std::expected<std::optional<WebSocketMessage>, Closing> FrameReader::take(const Head& head) {
  auto payload = unread_.substr(head.size, head.payload_bytes);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ unread_[head.size - mask_bytes + i % mask_bytes]);
  unread_.erase(0, head.size + head.payload_bytes);
  if (is_control(head.opcode)) return WebSocketMessage{head.opcode, std::move(payload)};
  fragments_ += payload;
  in_message_ = !head.is_last;
  if (in_message_) return std::nullopt;
  WebSocketMessage message{Opcode::text, std::exchange(fragments_, {})};
  if (!is_valid_utf8(message.payload))
    return std::unexpected(Closing{CloseCode::invalid_payload, "A text message is UTF-8."});
  return message;
}

void FrameBoundary::pass(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto step = std::min<std::uint64_t>(payload_left_, bytes.size());
    bytes.remove_prefix(step);
    payload_left_ -= step;
    if (bytes.empty()) return;
    head_ += bytes.front();
    bytes.remove_prefix(1);
    if (head_.size() < 2) continue;
    const auto length = byte_at(head_, 1) & 0x7FU;
    const std::size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (head_.size() < 2 + wide) continue;
    payload_left_ = wide == 0 ? length : big_endian(std::string_view{head_}.substr(2));
    head_.clear();
  }
}

void append_frame(std::string& frame, Opcode opcode, std::string_view payload) {
  frame += static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
  if (payload.size() <= max_control_payload) {
    frame += static_cast<char>(payload.size());
  } else if (payload.size() <= 0xFFFF) {
    frame += static_cast<char>(126);
    append_big_endian(frame, payload.size(), 2);
  } else {
    frame += static_cast<char>(127);
    append_big_endian(frame, payload.size(), 8);
  }
  frame += payload;
}

std::string frame_of(Opcode opcode, std::string_view payload) {
  std::string frame;
  append_frame(frame, opcode, payload);
  return frame;
}

std::string close_frame_of(const Closing& closing) {
  std::string payload;
  if (closing.code != CloseCode::no_status)
    append_big_endian(payload, static_cast<std::uint16_t>(closing.code), 2);
  payload += closing.reason;
  return frame_of(Opcode::close, payload);
}

std::expected<Closing, Closing> parse_close(std::string_view payload) {
  if (payload.empty()) return Closing{CloseCode::no_status, {}};
  if (payload.size() == 1) return std::unexpected(wrong("A close frame's code has two bytes."));
  const auto code = big_endian(payload.substr(0, 2));
  const bool defined = (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006);
  const bool free_for_use = code >= 3000 && code <= 4999;
  if (!defined && !free_for_use) return std::unexpected(wrong("The close frame's code may not be sent."));
  const auto reason = payload.substr(2);
  if (!is_valid_utf8(reason))
    return std::unexpected(Closing{CloseCode::invalid_payload, "The reason of a close frame is UTF-8."});
  return Closing{static_cast<CloseCode>(code), std::string{reason}};
}

}  // namespace cloudcart::http
