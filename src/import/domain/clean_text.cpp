#include "import/domain/clean_text.h"

#include "core/text.h"

namespace cloudcart::history {
namespace {

/// C0 and C1 control characters (U+0080–U+009F are two bytes, C2 80–C2 9F), delete, and the white space of
/// ASCII.
bool is_blank(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first <= 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(sequence[1]) <= 0xA0;
}

}  // namespace

std::string clean_text(std::string_view text, std::size_t max_code_points) {
  std::string out;
  std::size_t written = 0;
  bool pending_space = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence_length(text, at);
    if (length == 0) {
      ++at;
      continue;
    }
    const auto sequence = text.substr(at, length);
    at += length;
    if (is_blank(sequence)) {
      pending_space = !out.empty();
      continue;
    }
    if (written + (pending_space ? 2 : 1) > max_code_points) break;
    if (pending_space) {
      out += ' ';
      ++written;
      pending_space = false;
    }
    out += sequence;
    ++written;
  }
  return out;
}

}  // namespace cloudcart::history
