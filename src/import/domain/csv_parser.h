#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloudcart::history {

/// RFC 4180 records out of bytes that arrive in pieces: quoted fields with commas, line ends and doubled
/// quotes, LF or CRLF, a byte order mark, a last line without an end. Blank lines are skipped. Anything is
/// accepted: a quote within an unquoted field is a letter, and a record that never ends, or breaks a limit,
/// costs its first line only, so that one stray quote does not swallow the file.
class CsvParser {
 public:
  struct Limits {
    std::size_t record_bytes = std::size_t{64} * 1024;
    std::size_t fields = 256;
  };
  struct Record {
    std::span<const std::string_view> fields;  ///< valid until the next call of next() or push()
    std::uint64_t line = 0;                    ///< its first line in the file, from 1
    bool readable = true;                      ///< false: over a limit, or a quote without its end; no fields
  };

  CsvParser();
  explicit CsvParser(Limits limits) : limits_(limits) {}

  void push(std::string_view bytes);
  /// No more bytes come: what is left is the last record.
  void finish() { finished_ = true; }
  /// Nullopt when more bytes are needed, or at the end.
  std::optional<Record> next();

 private:
  enum class Search : std::uint8_t { found, needs_more, hopeless };
  struct RecordEnd {
    Search search;
    std::size_t at = 0;  ///< of the line feed, or the end of the bytes
    std::uint64_t lines = 1;
    bool quoted = false;
  };

  bool skip_byte_order_mark();
  RecordEnd find_end() const;
  RecordEnd find_quoted_end() const;
  RecordEnd not_found() const;
  Record take_unreadable();
  std::optional<Record> take(const RecordEnd& end);
  bool split_plain(std::string_view record);
  bool split_quoted(std::size_t begin, std::size_t end);

  Limits limits_;
  std::string buffer_;
  std::size_t at_ = 0;  ///< where the next record begins
  std::uint64_t line_ = 1;
  bool finished_ = false;
  bool started_ = false;
  bool skipping_line_ = false;  ///< the rest of a line that was too long
  std::vector<std::string_view> fields_;
};

}  // namespace cloudcart::history
