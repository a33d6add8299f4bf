#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cloudcart {

/// Bytes of the well-formed UTF-8 sequence that starts at `at` (1–4), or 0 when there is none: stray
/// continuation, overlong form, surrogate, beyond U+10FFFF, or cut off (Unicode 15, table 3-7).
std::size_t utf8_sequence_length(std::string_view text, std::size_t at);
bool is_valid_utf8(std::string_view text);
/// Code points of valid UTF-8 text.
std::size_t utf8_length(std::string_view text);
/// Bytes 0x80–0xFF taken as Latin-1 and written as UTF-8.
std::string latin1_to_utf8(std::string_view bytes);

/// Without spaces, tabs and line ends at both sides.
std::string_view trim(std::string_view text);
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);
std::vector<std::string_view> split(std::string_view text, char separator);

/// RFC 3986 percent-decoding; with `plus_is_space` as in query strings. Nullopt for a broken escape.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);

/// RFC 4648 base64url without padding.
std::string base64url_encode(std::string_view bytes);
/// Only the canonical form: no padding, no stray bits, no other characters; nullopt otherwise.
std::optional<std::string> base64url_decode(std::string_view text);

/// What a hexadecimal digit of either case stands for, 0–15; -1 for any other character.
int hex_value(char digit);
std::string hex_encode(std::string_view bytes);

}  // namespace cloudcart
