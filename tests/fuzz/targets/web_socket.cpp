// WebSockets: frames that a client sends, cut anywhere, and the opening handshake.
#include "http/web_socket.h"

#include "core/text.h"
#include "fuzz/fuzz_target.h"
#include "http/web_socket_frames.h"

using namespace cloudcart;
using namespace cloudcart::http;
using fuzz::require;

namespace {

constexpr std::size_t max_message_bytes = 512;

struct Heard {
  std::vector<std::pair<Opcode, std::string>> messages;
  std::optional<CloseCode> refused;
  bool operator==(const Heard&) const = default;
};

Heard listen(const std::vector<std::string_view>& pieces) {
  FrameReader reader(max_message_bytes);
  Heard heard;
  for (const auto piece : pieces) {
    reader.feed(piece);
    for (;;) {
      auto message = reader.next();
      if (!message) {
        heard.refused = message.error().code;
        return heard;
      }
      if (!*message) break;
      heard.messages.emplace_back((*message)->opcode, (*message)->payload);
    }
  }
  return heard;
}

std::string masked_frame(Opcode opcode, std::string_view payload) {
  std::string frame{static_cast<char>(0x80 | static_cast<int>(opcode))};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size());
  }
  constexpr std::string_view mask = "\x12\x34\x56\x78";
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}

void check_boundary(std::string_view payload) {
  std::string frames = frame_of(Opcode::text, payload);
  const auto first = frames.size();
  append_frame(frames, Opcode::ping, payload.substr(0, 125));
  FrameBoundary boundary;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    require(boundary.is_between_frames() == (i == 0 || i == first), "frames end where they end");
    boundary.pass(std::string_view{frames}.substr(i, 1));
  }
  require(boundary.is_between_frames(), "the last frame has ended");
}

}  // namespace

FUZZ_TARGET(web_socket_frames) {
  fuzz::Input bytes(input);
  const auto seed = bytes.byte();
  const auto frames = bytes.rest();
  const auto heard = listen({frames});
  require(heard == listen(fuzz::in_pieces(frames, seed)), "messages do not depend on how bytes arrive");
  for (const auto& [opcode, payload] : heard.messages) {
    require(payload.size() <= max_message_bytes, "messages have a bound");
    if (opcode == Opcode::text) require(is_valid_utf8(payload), "a text message is UTF-8");
    if (opcode != Opcode::text && opcode != Opcode::binary)
      require(payload.size() <= 125, "control frames are short");
  }
  if (const auto closing = parse_close(frames.substr(0, 125)))
    require(closing->reason.size() <= 123 && is_valid_utf8(closing->reason), "a reason is a short text");
  if (frames.size() <= max_message_bytes && is_valid_utf8(frames)) {
    const auto echoed = listen({masked_frame(Opcode::text, frames)});
    require(echoed.messages.size() == 1 && echoed.messages[0].second == frames,
            "a message arrives as it was sent");
  }
  if (frames.size() < 70'000) check_boundary(frames);
}

/// Each line is a header field, "Name: value".
FUZZ_TARGET(web_socket_handshake) {
  Request request{.target = "/api/ws"};
  fuzz::Input lines(input);
  while (!lines.rest().empty()) {
    const auto line = lines.line();
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    request.headers.add(line.substr(0, colon), std::string{trim(line.substr(colon + 1))});
  }
  const auto checked = check_handshake(request, "cloudcart.live.v1");
  if (checked) {
    require(asks_for_web_socket(request), "only who asks for a WebSocket gets one");
    require(request.headers.find("Sec-WebSocket-Key").value_or("").size() == 24, "the key is 16 bytes");
    const auto response = web_socket_response(request, "cloudcart.live.v1", nullptr);
    require(response.status == 101 && response.headers.find("Sec-WebSocket-Accept"), "it is answered 101");
  }
  if (const auto token = token_among_subprotocols(request))
    require(!token->contains(','), "a token is one of the subprotocols");
  if (check_origin(request, {"https://shop.example"})) {
    const auto origin = request.headers.find("Origin");
    const auto host = request.headers.find("Host").value_or("");
    require(!origin || *origin == "https://shop.example" ||
                (!host.empty() && ascii_lower(*origin).ends_with(ascii_lower(host))),
            "only the own origin and those that are listed");
  }
}
