#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace cloudcart::http {

struct RequestLimits {
  std::size_t head_bytes = 32 << 10;
  std::size_t target_bytes = 8 << 10;
  std::size_t fields = 128;
  std::uint64_t body_bytes = 1 << 20;
};

/// Reads one request of HTTP/1.1 or 1.0 (RFC 9112), without I/O. It takes one reading of the protocol and refuses what
/// another program along the way may read differently (request smuggling): see docs/HTTP_EDGE.md for the list.
class RequestParser {
 public:
  explicit RequestParser(const RequestLimits& limits) : limits_(limits) {}

  /// `bytes` go on where the last call stopped taking, and are as many as have come. Answers how many were taken, 0 as
  /// long as a line is not complete. Errors: malformed_request, uri_too_long, headers_too_large, payload_too_large;
  /// nothing can be read from the connection after one.
  Result<std::size_t> put(std::string_view bytes);

  bool has_head() const { return part_ != Part::head; }
  bool is_done() const { return part_ == Part::done; }
  /// The client waits for a word before it sends the body.
  bool expects_continue() const { return expects_continue_ && has_head() && !is_done(); }
  /// Whether the client lets the connection go on after the answer.
  bool keeps_connection() const { return keeps_connection_; }
  /// What of the body has come.
  std::size_t body_bytes() const { return request_.body.size(); }
  /// The request, once it is done: method, target, headers and body. Trailers are dropped.
  Request take() { return std::move(request_); }

 private:
  enum class Part : std::uint8_t { head, sized_body, chunk_size, chunk_data, chunk_end, trailer, done };

  Result<std::size_t> put_head(std::string_view bytes);
  /// Looks at what has come since; true when the head ends at scanned_.
  Result<bool> scan_head(std::string_view bytes);
  Status read_head(std::string_view head);
  Status read_request_line(std::string_view line);
  Status read_field(std::string_view line);
  Status read_framing();
  Status read_host() const;
  Status read_connection();
  Result<std::optional<std::uint64_t>> content_length() const;
  Result<std::size_t> put_body(std::string_view bytes);
  Result<std::size_t> put_chunk_line(std::string_view bytes);
  Status read_chunk_size(std::string_view line);
  Status read_trailer(std::string_view line);

  const RequestLimits limits_;
  Request request_;
  Part part_ = Part::head;
  std::size_t scanned_ = 0;     ///< of the head
  std::size_t line_begin_ = 0;  ///< of the line that is being scanned
  bool skipped_empty_line_ = false;
  std::uint64_t remaining_ = 0;  ///< of the body, or of the chunk
  std::size_t trailer_bytes_ = 0;
  bool expects_continue_ = false;
  bool keeps_connection_ = true;
};

}  // namespace cloudcart::http
