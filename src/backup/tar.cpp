#include "backup/tar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace cloudcart::backup {
namespace {

/// Where a field stands in the block.
struct Place {
  std::size_t at, size;
};
constexpr Place name_place{0, 100}, mode_place{100, 8}, uid_place{108, 8}, gid_place{116, 8},
    size_place{124, 12}, time_place{136, 12}, checksum_place{148, 8}, type_place{156, 1}, magic_place{257, 8};
constexpr char regular_file = '0';
constexpr std::string_view magic{"ustar\00000", 8};
constexpr std::uint64_t octal_limit = std::uint64_t{1} << 33U;  // eleven digits
constexpr unsigned char base_256 = 0x80;

void put(std::string& block, Place place, std::string_view text) {
  block.replace(place.at, std::min(place.size, text.size()), text);
}

/// Digits and a zero byte fill the field.
void put_octal(std::string& block, Place place, std::uint64_t number) {
  put(block, place, fmt::format("{:0{}o}", number, place.size - 1));
}

void put_size(std::string& block, std::uint64_t bytes) {
  if (bytes < octal_limit) return put_octal(block, size_place, bytes);
  block[size_place.at] = static_cast<char>(base_256);
  for (std::size_t i = 0; i < sizeof bytes; ++i)
    block[size_place.at + size_place.size - 1 - i] = static_cast<char>(bytes >> (8 * i));
}

/// The sum of all bytes, those of the sum itself taken for blanks.
std::uint32_t checksum_of(std::string_view block) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool is_own = i >= checksum_place.at && i < checksum_place.at + checksum_place.size;
    sum += is_own ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

/// Six digits, a zero byte and a blank, as tar has always written it.
std::string checksum_field(std::string_view block) {
  return fmt::format("{:06o}", checksum_of(block)) + std::string{'\0', ' '};
}

std::string_view field(std::string_view block, Place place) {
  const auto text = block.substr(place.at, place.size);
  return text.substr(0, text.find('\0'));
}

std::optional<std::uint64_t> octal(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 8);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> size_in(std::string_view block) {
  const auto text = block.substr(size_place.at, size_place.size);
  if (static_cast<unsigned char>(text[0]) != base_256) return octal(field(block, size_place));
  std::uint64_t number = 0;
  constexpr std::size_t unused = size_place.size - sizeof number;
  if (std::ranges::any_of(text.substr(1, unused - 1), [](char c) { return c != 0; })) return std::nullopt;
  for (const char c : text.substr(unused)) number = (number << 8U) | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

std::string tar_header(const TarEntry& entry, Timestamp modified) {
  if (entry.name.empty() || entry.name.size() >= name_place.size)
    throw std::logic_error("a name that no tar header holds: " + entry.name);
  std::string block(tar_block, '\0');
  put(block, name_place, entry.name);
  put_octal(block, mode_place, 0600);
  put_octal(block, uid_place, 0);
  put_octal(block, gid_place, 0);
  put_size(block, entry.bytes);
  const auto since_epoch = std::chrono::floor<seconds>(modified).time_since_epoch().count();
  put_octal(block, time_place, static_cast<std::uint64_t>(std::max<std::int64_t>(since_epoch, 0)));
  block[type_place.at] = regular_file;
  put(block, magic_place, magic);
  put(block, checksum_place, checksum_field(block));
  return block;
}

Result<std::optional<TarEntry>> read_tar_header(std::string_view block) {
  if (block.size() != tar_block) return fail(ErrorCode::validation_failed, "The archive is cut off.");
  if (std::ranges::all_of(block, [](char c) { return c == 0; })) return std::nullopt;
  const auto bytes = size_in(block);
  if (block.substr(checksum_place.at, checksum_place.size) != checksum_field(block) || !bytes ||
      block[type_place.at] != regular_file || field(block, magic_place) != "ustar")
    return fail(ErrorCode::validation_failed, "The archive is damaged, or no backup of this program.");
  return TarEntry{std::string{field(block, name_place)}, *bytes};
}

}  // namespace cloudcart::backup
