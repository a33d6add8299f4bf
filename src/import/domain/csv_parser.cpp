#include "import/domain/csv_parser.h"

#include <algorithm>
#include <cstring>

namespace cloudcart::history {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::size_t find_byte(std::string_view text, char wanted, std::size_t from) {
  const void* found = std::memchr(text.data() + from, wanted, text.size() - from);
  return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data())
               : std::string_view::npos;
}

}  // namespace

CsvParser::CsvParser() : CsvParser(Limits{}) {}

void CsvParser::push(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_.append(bytes);
}

std::optional<CsvParser::Record> CsvParser::next() {
  if (!started_ && !skip_byte_order_mark()) return std::nullopt;
  for (;;) {
    if (skipping_line_) {
      const auto line_end = find_byte(buffer_, '\n', at_);
      at_ = line_end == std::string::npos ? buffer_.size() : line_end + 1;
      if (line_end == std::string::npos) return std::nullopt;
      skipping_line_ = false;
      ++line_;
    }
    if (at_ == buffer_.size()) return std::nullopt;
    const RecordEnd end = find_end();
    if (end.search == Search::needs_more) return std::nullopt;
    if (end.search == Search::hopeless || end.at - at_ > limits_.record_bytes) return take_unreadable();
    if (const auto record = take(end)) return record;
  }
}

bool CsvParser::skip_byte_order_mark() {
  if (buffer_.size() < byte_order_mark.size() && !finished_) return false;
  if (buffer_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  started_ = true;
  return true;
}

CsvParser::RecordEnd CsvParser::find_end() const {
  const auto line_end = std::min(find_byte(buffer_, '\n', at_), buffer_.size());
  // Most records have no quote at all and end where their line ends.
  if (find_byte(std::string_view{buffer_}.substr(0, line_end), '"', at_) != std::string::npos)
    return find_quoted_end();
  if (line_end < buffer_.size() || finished_) return {.search = Search::found, .at = line_end};
  return not_found();
}

CsvParser::RecordEnd CsvParser::find_quoted_end() const {
  RecordEnd end{.search = Search::found, .quoted = true};
  bool in_quotes = false;
  bool field_starts = true;
  // Within the limit only: each stray quote costs one look at so many bytes and not at the whole buffer.
  const auto limit = std::min(buffer_.size(), at_ + limits_.record_bytes + 1);
  for (end.at = at_; end.at < limit; ++end.at) {
    const char c = buffer_[end.at];
    if (in_quotes) {
      if (c == '\n') ++end.lines;
      if (c != '"') continue;
      if (end.at + 1 < buffer_.size() && buffer_[end.at + 1] == '"') {
        ++end.at;
      } else {
        in_quotes = false;
      }
    } else if (c == '\n') {
      return end;
    } else {
      in_quotes = c == '"' && field_starts;
      field_starts = c == ',';
    }
  }
  if (limit == buffer_.size() && finished_ && !in_quotes) return end;
  return not_found();
}

CsvParser::RecordEnd CsvParser::not_found() const {
  const bool may_still_end = !finished_ && buffer_.size() - at_ <= limits_.record_bytes;
  return {.search = may_still_end ? Search::needs_more : Search::hopeless};
}

CsvParser::Record CsvParser::take_unreadable() {
  const Record record{.fields = {}, .line = line_, .readable = false};
  skipping_line_ = true;
  return record;
}

std::optional<CsvParser::Record> CsvParser::take(const RecordEnd& end) {
  const std::size_t begin = at_;
  Record record{.fields = {}, .line = line_, .readable = true};
  at_ = std::min(end.at + 1, buffer_.size());
  line_ += end.lines;
  std::size_t text_end = end.at;
  if (text_end > begin && buffer_[text_end - 1] == '\r') --text_end;
  if (text_end == begin) return std::nullopt;
  record.readable = end.quoted ? split_quoted(begin, text_end)
                               : split_plain(std::string_view{buffer_}.substr(begin, text_end - begin));
  if (record.readable) record.fields = fields_;
  return record;
}

bool CsvParser::split_plain(std::string_view record) {
  fields_.clear();
  for (std::size_t from = 0;;) {
    if (fields_.size() == limits_.fields) return false;
    const auto comma = find_byte(record, ',', from);
    fields_.push_back(record.substr(from, comma == std::string_view::npos ? comma : comma - from));
    if (comma == std::string_view::npos) return true;
    from = comma + 1;
  }
}

/// Takes the quotes away in place: a field never gets longer by that.
bool CsvParser::split_quoted(std::size_t begin, std::size_t end) {
  fields_.clear();
  std::size_t from = begin;
  while (true) {
    if (fields_.size() == limits_.fields) return false;
    std::size_t out = from, at = from;
    bool in_quotes = at < end && buffer_[at] == '"';
    if (in_quotes) ++at;
    for (; at < end && (in_quotes || buffer_[at] != ','); ++at) {
      if (in_quotes && buffer_[at] == '"') {
        const bool doubled = at + 1 < end && buffer_[at + 1] == '"';
        if (!doubled) {
          in_quotes = false;
          continue;
        }
        ++at;
      }
      buffer_[out++] = buffer_[at];
    }
    fields_.push_back(std::string_view{buffer_}.substr(from, out - from));
    if (at >= end) return true;
    from = at + 1;
  }
}

}  // namespace cloudcart::history
