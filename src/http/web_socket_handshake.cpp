#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "core/text.h"
#include "http/web_socket.h"
#include "http/web_socket_session.h"

namespace cloudcart::http {
namespace {

constexpr std::string_view token_prefix = "bearer.";
/// RFC 6455 section 1.3: with it the server shows that it has understood the request.
constexpr std::string_view key_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The members of a comma-separated field, of all its lines.
std::vector<std::string_view> list_of(const Request& request, std::string_view name) {
  std::vector<std::string_view> members;
  for (const auto& [field, value] : request.headers.fields()) {
    if (!ascii_iequals(field, name)) continue;
    for (const auto part : split(value, ','))
      if (const auto member = trim(part); !member.empty()) members.push_back(member);
  }
  return members;
}

bool lists(const Request& request, std::string_view name, std::string_view word) {
  return std::ranges::any_of(list_of(request, name),
                             [word](std::string_view member) { return ascii_iequals(member, word); });
}

/// 16 bytes in base64.
bool is_key(std::string_view key) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.ends_with("==") &&
         key.substr(0, 22).find_first_not_of(digits) == std::string_view::npos;
}

std::string accept_of(std::string_view key) {
  const auto text = std::string{key}.append(key_suffix);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    throw std::runtime_error("SHA-1, which WebSockets need, is not available");
  std::array<unsigned char, 64> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

}  // namespace

bool asks_for_web_socket(const Request& request) {
  return request.method == Method::get && request.minor_version > 0 &&
         lists(request, "Upgrade", "websocket") && lists(request, "Connection", "upgrade");
}

std::optional<std::string_view> token_among_subprotocols(const Request& request) {
  if (!asks_for_web_socket(request)) return std::nullopt;
  for (const auto offered : list_of(request, "Sec-WebSocket-Protocol"))
    if (offered.starts_with(token_prefix)) return offered.substr(token_prefix.size());
  return std::nullopt;
}

Status check_handshake(const Request& request, std::string_view subprotocol) {
  if (!asks_for_web_socket(request) || request.headers.find("Sec-WebSocket-Version") != "13")
    return fail(ErrorCode::upgrade_required, "This address speaks WebSocket (RFC 6455, version 13).");
  if (!is_key(request.headers.find("Sec-WebSocket-Key").value_or("")))
    return fail(ErrorCode::malformed_request, "Sec-WebSocket-Key must be 16 bytes in base64.");
  const auto offered = list_of(request, "Sec-WebSocket-Protocol");
  if (!offered.empty() && std::ranges::find(offered, subprotocol) == offered.end())
    return fail(ErrorCode::malformed_request,
                "Sec-WebSocket-Protocol must offer " + std::string{subprotocol} + ", or be left out.");
  return {};
}

Status check_origin(const Request& request, const std::vector<std::string>& allowed) {
  const auto origin = request.headers.find("Origin");
  if (!origin || std::ranges::find(allowed, *origin) != allowed.end()) return {};
  const auto host = request.headers.find("Host").value_or("");
  // A proxy in front may end TLS, so either scheme can be this server's.
  for (const std::string_view scheme : {"http://", "https://"})
    if (!host.empty() && origin->starts_with(scheme) && ascii_iequals(origin->substr(scheme.size()), host))
      return {};
  return fail(ErrorCode::forbidden,
              "Pages of this origin may not open a WebSocket here; http.allowed_origins lists who may.");
}

Response web_socket_response(const Request& request, std::string_view subprotocol,
                             std::shared_ptr<Conversation> conversation, WebSocketLimits limits) {
  Response response{.status = 101};
  response.headers.set("Upgrade", "websocket");
  response.headers.set("Sec-WebSocket-Accept",
                       accept_of(request.headers.find("Sec-WebSocket-Key").value_or("")));
  if (request.headers.find("Sec-WebSocket-Protocol"))
    response.headers.set("Sec-WebSocket-Protocol", std::string{subprotocol});
  response.upgrade = std::make_shared<WebSocketSession>(std::move(conversation), limits);
  return response;
}

}  // namespace cloudcart::http
