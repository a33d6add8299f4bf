#include "adapters/clickhouse/store/sql.h"

#include <fmt/format.h>

namespace cloudcart::clickhouse {
namespace {

bool is_plain(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         byte == ' ' || byte == '-' || byte == '_';
}

}  // namespace

std::string literal(std::string_view bytes) {
  std::string text = "'";
  for (const char byte : bytes) {
    if (is_plain(byte))
      text += byte;
    else
      fmt::format_to(std::back_inserter(text), "\\x{:02X}", static_cast<unsigned char>(byte));
  }
  return text += '\'';
}

RowWriter& RowWriter::count(std::size_t elements) {
  // In groups of seven bits, the lowest first.
  for (; elements >= 0x80; elements >>= 7) bytes_ += static_cast<char>((elements & 0x7F) | 0x80);
  bytes_ += static_cast<char>(elements);
  return *this;
}

RowWriter& RowWriter::text(std::string_view text) {
  count(text.size());
  bytes_ += text;
  return *this;
}

std::size_t RowReader::count() {
  std::size_t count = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto group = bytes_.take<std::uint8_t>();
    count |= static_cast<std::size_t>(group & 0x7F) << shift;
    if (group < 0x80) break;
  }
  if (count <= bytes_.left()) return count;
  bytes_.take_bytes(count);  // which fails
  return 0;
}

}  // namespace cloudcart::clickhouse
