#include "load/response_parser.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"

namespace cloudcart::load {

namespace {

constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::uint64_t max_body_bytes = std::uint64_t{1} << 40;

bool has_no_body(int status) {
  return status == 204 || status == 304 || status < 200;
}

}  // namespace

void ResponseParser::reset() {
  part_ = Part::head;
  head_.clear();
  reason_ = {};
}

ResponseParser::Progress ResponseParser::broken(std::string_view why) {
  part_ = Part::broken;
  reason_ = why;
  return {State::broken, 0};
}

ResponseParser::Progress ResponseParser::push(std::string_view bytes) {
  std::size_t used = 0;
  for (;;) {
    const auto rest = bytes.substr(used);
    if (part_ == Part::broken) return {State::broken, used};
    const auto before = part_;
    const auto progress = before == Part::head ? push_head(rest) : push_body(rest);
    used += progress.used;
    // A head was read to its end: go on with its body, or with the answer that follows a 1xx.
    const bool goes_on =
        before == Part::head && head_.empty() && progress.state == State::needs_more && used < bytes.size();
    if (!goes_on) return {progress.state, used};
  }
}

ResponseParser::Progress ResponseParser::push_head(std::string_view bytes) {
  std::size_t used = bytes.size();
  bool good = false;
  if (head_.empty()) {
    const auto end = bytes.find(head_end);
    if (end == std::string_view::npos) {
      if (bytes.size() > max_head_bytes) return broken("the head of an answer is larger than 64 KiB");
      head_ = bytes;
      return {State::needs_more, used};
    }
    used = end + head_end.size();
    good = read_head(bytes.substr(0, end + 2));
  } else {
    // The end may lie across the pieces.
    const auto known = head_.size();
    head_ += bytes.substr(0, max_head_bytes);
    const auto end = head_.find(head_end, known < 3 ? 0 : known - 3);
    if (end == std::string::npos) {
      if (head_.size() > max_head_bytes) return broken("the head of an answer is larger than 64 KiB");
      return {State::needs_more, used};
    }
    used = end + head_end.size() - known;
    good = read_head(std::string_view{head_}.substr(0, end + 2));
    head_.clear();
  }
  if (!good) return {State::broken, used};
  if (status_ < 200) return {State::needs_more, used};
  if (has_no_body(status_)) body_left_ = 0;
  if (body_left_ == 0) return {State::done, used};
  part_ = Part::body;
  return {State::needs_more, used};
}

ResponseParser::Progress ResponseParser::push_body(std::string_view bytes) {
  const auto used = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, bytes.size()));
  if (status_ >= 400 && error_text_.size() < max_error_text)
    error_text_ += bytes.substr(0, std::min(used, max_error_text - error_text_.size()));
  body_left_ -= used;
  if (body_left_ > 0) return {State::needs_more, used};
  part_ = Part::head;
  return {State::done, used};
}

/// `head` ends with the line end of its last field.
bool ResponseParser::read_head(std::string_view head) {
  has_length_ = false;
  body_left_ = 0;
  if (!error_text_.empty()) error_text_.clear();
  for (bool first = true; !head.empty(); first = false) {
    const auto end = head.find('\n');
    if (end == std::string_view::npos || end == 0 || head[end - 1] != '\r') {
      broken("a line of an answer's head does not end with CR LF");
      return false;
    }
    const auto line = head.substr(0, end - 1);
    if (!(first ? read_status_line(line) : read_field(line))) return false;
    head.remove_prefix(end + 1);
  }
  if (!has_length_ && !has_no_body(status_)) {
    broken("an answer has no Content-Length");
    return false;
  }
  body_bytes_ = has_no_body(status_) ? 0 : body_left_;
  return true;
}

bool ResponseParser::read_status_line(std::string_view line) {
  const auto digit = [&](std::size_t at) { return line[at] >= '0' && line[at] <= '9'; };
  const bool good = line.size() >= 12 && line.starts_with("HTTP/1.") && digit(7) && line[8] == ' ' &&
                    digit(9) && digit(10) && digit(11) && line[9] != '0' &&
                    (line.size() == 12 || line[12] == ' ');
  if (!good) {
    broken("an answer does not begin with an HTTP/1 status line");
    return false;
  }
  status_ = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  keeps_open_ = line[7] != '0';
  return true;
}

bool ResponseParser::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    broken("a line of an answer's head is no field");
    return false;
  }
  const auto name = line.substr(0, colon);
  // Most fields are none of these; their first letter tells so.
  const char letter = static_cast<char>(name[0] | 0x20);
  if (letter != 'c' && letter != 't') return true;
  const auto value = trim(line.substr(colon + 1));
  if (ascii_iequals(name, "content-length")) {
    std::uint64_t length = 0;
    const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), length);
    const bool contradicts = has_length_ && length != body_left_;
    if (failure != std::errc{} || end != value.data() + value.size() || length > max_body_bytes ||
        contradicts) {
      broken("an answer's Content-Length cannot be used");
      return false;
    }
    has_length_ = true;
    body_left_ = length;
  } else if (ascii_iequals(name, "connection")) {
    if (ascii_iequals(value, "close")) keeps_open_ = false;
    if (ascii_iequals(value, "keep-alive")) keeps_open_ = true;
  } else if (ascii_iequals(name, "transfer-encoding")) {
    broken("an answer has a Transfer-Encoding");
    return false;
  }
  return true;
}

}  // namespace cloudcart::load
