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

RowWriter& RowWriter::text(std::string_view text) {
  // The length in groups of seven bits, the lowest first.
  auto length = text.size();
  for (; length >= 0x80; length >>= 7) bytes_ += static_cast<char>((length & 0x7F) | 0x80);
  bytes_ += static_cast<char>(length);
  bytes_ += text;
  return *this;
}

}  // namespace cloudcart::clickhouse
