#include "http/request_parser.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart::http {
namespace {

/// Of a line with a chunk's size: extensions are read over, and nobody sends long ones.
constexpr std::size_t longest_chunk_line = 256;
constexpr std::size_t longest_trailers = 8 << 10;
/// Method and version beside the target.
constexpr std::size_t rest_of_request_line = 64;

std::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::malformed_request, fmt::format("The request is not valid HTTP/1.1: {}.", why));
}

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

constexpr std::array<bool, 256> make_token_characters() {
  std::array<bool, 256> is_token{};
  for (int c = '0'; c <= '9'; ++c) is_token[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) is_token[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) is_token[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view{"!#$%&'*+-.^_`|~"}) is_token[static_cast<std::size_t>(c)] = true;
  return is_token;
}
constexpr auto token_characters = make_token_characters();

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t count_of(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers.fields(), [&](const Headers::Field& field) { return ascii_iequals(field.name, name); }));
}

/// A name or an address, and maybe a port.
bool is_host(std::string_view text) {
  const auto is_host_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '%' || c == ':' || c == '[' || c == ']';
  };
  return !text.empty() && std::ranges::all_of(text, is_host_character);
}

}  // namespace

Result<std::size_t> RequestParser::put(std::string_view bytes) {
  std::size_t taken = 0;
  for (;;) {
    const auto before = part_;
    CLOUDCART_TRY(const auto step,
                  has_head() ? put_body(bytes.substr(taken)) : put_head(bytes.substr(taken)));
    taken += step;
    if (part_ == Part::done || (step == 0 && part_ == before)) return taken;
  }
}

Result<std::size_t> RequestParser::put_head(std::string_view bytes) {
  CLOUDCART_TRY(const bool complete, scan_head(bytes));
  if (!complete) return std::size_t{0};
  const auto head_bytes = std::exchange(scanned_, 0);
  line_begin_ = 0;
  // A client may have sent a line end too many after the body before (RFC 9112 section 2.2).
  if (head_bytes == 2) {
    if (std::exchange(skipped_empty_line_, true)) return malformed("it begins with empty lines");
    return head_bytes;
  }
  CLOUDCART_CHECK(read_head(bytes.substr(0, head_bytes - 2)));
  return head_bytes;
}

Result<bool> RequestParser::scan_head(std::string_view bytes) {
  const auto most = std::min(bytes.size(), limits_.head_bytes);
  for (; scanned_ < most; ++scanned_) {
    const char c = bytes[scanned_];
    const bool after_return = scanned_ > line_begin_ && bytes[scanned_ - 1] == '\r';
    if (after_return != (c == '\n')) return malformed("a line does not end with CR and LF");
    if (!is_control(c) || c == '\t' || c == '\r') continue;
    if (c != '\n') return malformed("its head holds a control character");
    const bool is_empty = scanned_ == line_begin_ + 1;
    line_begin_ = scanned_ + 1;
    if (!is_empty) continue;
    ++scanned_;
    return true;
  }
  if (line_begin_ == 0 && scanned_ > limits_.target_bytes + rest_of_request_line)
    return fail(ErrorCode::uri_too_long,
                fmt::format("The address is longer than {} bytes.", limits_.target_bytes));
  if (scanned_ >= limits_.head_bytes)
    return fail(ErrorCode::headers_too_large,
                fmt::format("The request's head is larger than {} bytes.", limits_.head_bytes));
  return false;
}

/// `head` is lines with their ends, without the empty one.
Status RequestParser::read_head(std::string_view head) {
  bool is_first = true;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    CLOUDCART_CHECK(std::exchange(is_first, false) ? read_request_line(line) : read_field(line));
  }
  CLOUDCART_CHECK(read_host());
  CLOUDCART_CHECK(read_framing());
  return read_connection();
}

Status RequestParser::read_request_line(std::string_view line) {
  const auto first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return malformed("it does not begin with method, target and version");
  const auto word = line.substr(0, first), target = line.substr(first + 1, last - first - 1),
             version = line.substr(last + 1);
  if (!is_token(word)) return malformed("the method is no word");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return malformed("the version is not HTTP/1.1");
  request_.minor_version = version.back() - '0';
  if (target.size() > limits_.target_bytes)
    return fail(ErrorCode::uri_too_long,
                fmt::format("The address is longer than {} bytes.", limits_.target_bytes));
  if (!std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7F && c != '#'; }))
    return malformed("the target holds a character that must be percent-encoded");
  request_.method = parse_method(word);
  // Other forms of a target are for proxies, and name a second host.
  if (!target.starts_with('/') && !(target == "*" && request_.method == Method::options))
    return malformed("the target does not begin with a slash");
  request_.target = target;
  return {};
}

Status RequestParser::read_field(std::string_view line) {
  // Some join such a line to the one before, others take it for a field.
  if (is_blank(line.front())) return malformed("a header field goes on in a second line; put it into one");
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name))
    return malformed("a header field has no valid name");
  if (request_.headers.fields().size() >= limits_.fields)
    return fail(ErrorCode::headers_too_large,
                fmt::format("The request has more than {} header fields.", limits_.fields));
  request_.headers.add(name, std::string{without_blanks(line.substr(colon + 1))});
  return {};
}

Status RequestParser::read_host() const {
  const auto hosts = count_of(request_.headers, "Host");
  if (hosts == 0 && request_.minor_version == 0) return {};
  if (hosts != 1) return malformed("it must have one Host");
  return is_host(*request_.headers.find("Host")) ? Status{} : malformed("the Host is no host");
}

Result<std::optional<std::uint64_t>> RequestParser::content_length() const {
  const auto lengths = count_of(request_.headers, "Content-Length");
  if (lengths == 0) return std::nullopt;
  // Equal ones too: whoever sends two of them is mended, not interpreted.
  if (lengths > 1) return malformed("it has more than one Content-Length");
  const auto text = *request_.headers.find("Content-Length");
  constexpr std::size_t most_digits = 18;
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return malformed("the Content-Length is no number");
  if (text.size() > most_digits) return malformed("the Content-Length is beyond all numbers");
  std::uint64_t length = 0;
  for (const char digit : text) length = length * 10 + static_cast<std::uint64_t>(digit - '0');
  return length;
}

Status RequestParser::read_framing() {
  CLOUDCART_TRY(const auto length, content_length());
  const auto codings = count_of(request_.headers, "Transfer-Encoding");
  if (codings > 0) {
    if (length) return malformed("it has a Content-Length and a Transfer-Encoding");
    if (request_.minor_version == 0) return malformed("HTTP/1.0 has no Transfer-Encoding");
    if (codings > 1 || !ascii_iequals(*request_.headers.find("Transfer-Encoding"), "chunked"))
      return malformed("the only Transfer-Encoding is chunked");
    part_ = Part::chunk_size;
    return {};
  }
  remaining_ = length.value_or(0);
  if (remaining_ > limits_.body_bytes)
    return fail(ErrorCode::payload_too_large,
                fmt::format("The body is larger than {} bytes.", limits_.body_bytes));
  part_ = remaining_ > 0 ? Part::sized_body : Part::done;
  return {};
}

Status RequestParser::read_connection() {
  bool close = false, keep = false;
  for (const auto& [name, value] : request_.headers.fields()) {
    if (!ascii_iequals(name, "Connection")) continue;
    for (const auto option : split(value, ',')) {
      close = close || ascii_iequals(trim(option), "close");
      keep = keep || ascii_iequals(trim(option), "keep-alive");
    }
  }
  keeps_connection_ = !close && (request_.minor_version == 1 || keep);
  if (const auto expected = request_.headers.find("Expect"); expected && request_.minor_version == 1) {
    if (!ascii_iequals(*expected, "100-continue")) return malformed("the only expectation is 100-continue");
    expects_continue_ = true;
  }
  // Other protocols are offered with bodies by clients that mean well (h2c), and are not taken up.
  const auto offered = ascii_lower(request_.headers.find("Upgrade").value_or(""));
  if (offered.find("websocket") != std::string::npos && !is_done())
    return malformed("a request for a WebSocket has no body");
  return {};
}

Result<std::size_t> RequestParser::put_body(std::string_view bytes) {
  switch (part_) {
    case Part::sized_body:
    case Part::chunk_data: {
      const auto step = std::min<std::uint64_t>(bytes.size(), remaining_);
      request_.body.append(bytes.substr(0, step));
      remaining_ -= step;
      if (remaining_ == 0) part_ = part_ == Part::sized_body ? Part::done : Part::chunk_end;
      return step;
    }
    case Part::chunk_size:
    case Part::chunk_end:
    case Part::trailer:
      return put_chunk_line(bytes);
    case Part::head:
    case Part::done:
      return std::size_t{0};
  }
  return std::size_t{0};
}

/// Between the data of chunks everything is lines.
Result<std::size_t> RequestParser::put_chunk_line(std::string_view bytes) {
  const auto end = bytes.find('\n');
  const auto line = bytes.substr(0, end);
  // A line that just fits is counted with its end, and so may be beyond the bound.
  const auto longest = part_ == Part::trailer ? longest_trailers - std::min(trailer_bytes_, longest_trailers)
                                              : longest_chunk_line;
  if (line.size() > longest) return malformed("a chunk's line or its trailers are too long");
  if (end == std::string_view::npos) return std::size_t{0};
  const auto text = line.substr(0, line.size() - 1);
  if (!line.ends_with('\r') || !std::ranges::all_of(text, [](char c) { return !is_control(c) || c == '\t'; }))
    return malformed("a chunk's line does not end with CR and LF, or holds a control character");
  if (part_ == Part::chunk_size) {
    CLOUDCART_CHECK(read_chunk_size(text));
  } else if (part_ == Part::trailer) {
    CLOUDCART_CHECK(read_trailer(text));
  } else if (text.empty()) {
    part_ = Part::chunk_size;
  } else {
    return malformed("a chunk is longer than its size");
  }
  return end + 1;
}

Status RequestParser::read_chunk_size(std::string_view line) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size() && hex_value(line[digits]) >= 0; ++digits) {
    if (digits == 15) return malformed("a chunk's size is beyond all numbers");
    size = size * 16 + static_cast<std::uint64_t>(hex_value(line[digits]));
  }
  if (digits == 0 || (digits < line.size() && line[digits] != ';'))
    return malformed("a chunk's size is no hexadecimal number");
  if (size > limits_.body_bytes - request_.body.size())
    return fail(ErrorCode::payload_too_large,
                fmt::format("The body is larger than {} bytes.", limits_.body_bytes));
  remaining_ = size;
  part_ = size > 0 ? Part::chunk_data : Part::trailer;
  return {};
}

/// Dropped: nothing that counts may come after the body.
Status RequestParser::read_trailer(std::string_view line) {
  if (line.empty()) {
    part_ = Part::done;
    return {};
  }
  trailer_bytes_ += line.size() + 2;
  if (!is_token(line.substr(0, line.find(':'))) || line.find(':') == std::string_view::npos)
    return malformed("a trailer has no valid name");
  return {};
}

}  // namespace cloudcart::http
