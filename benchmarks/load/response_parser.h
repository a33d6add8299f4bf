#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cloudcart::load {

/// Reads HTTP/1.1 answers out of bytes that arrive in pieces. A head that comes whole is read where it lies;
/// bodies are counted and not kept, but for the beginning of one that tells of an error. Answers whose length
/// is not told by Content-Length (or by 204, 304) are refused: this server never sends them to what is asked here.
class ResponseParser {
 public:
  enum class State : std::uint8_t { needs_more, done, broken };
  struct Progress {
    State state;
    std::size_t used;  ///< bytes that belong to this answer
  };

  /// After `done` the next push begins a new answer; after `broken` only reset() helps.
  Progress push(std::string_view bytes);
  void reset();

  int status() const { return status_; }
  std::uint64_t body_bytes() const { return body_bytes_; }
  /// Whether the connection can be used again.
  bool keeps_open() const { return keeps_open_; }
  /// The first bytes of the body when status() is 400 or more.
  const std::string& error_text() const { return error_text_; }
  /// Whether part of an answer was read.
  bool in_answer() const { return part_ == Part::body || !head_.empty(); }
  /// Why it is broken.
  std::string_view reason() const { return reason_; }

 private:
  enum class Part : std::uint8_t { head, body, broken };
  static constexpr std::size_t max_head_bytes = std::size_t{64} * 1024;
  static constexpr std::size_t max_error_text = 400;

  Progress push_head(std::string_view bytes);
  Progress push_body(std::string_view bytes);
  bool read_head(std::string_view head);
  bool read_status_line(std::string_view line);
  bool read_field(std::string_view line);
  Progress broken(std::string_view why);

  Part part_ = Part::head;
  bool keeps_open_ = true;
  bool has_length_ = false;
  int status_ = 0;
  std::uint64_t body_left_ = 0, body_bytes_ = 0;
  std::string head_;  ///< what came of a head that is not complete
  std::string error_text_;
  std::string_view reason_;
};

}  // namespace cloudcart::load
