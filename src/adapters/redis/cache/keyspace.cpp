#include "adapters/redis/cache/keyspace.h"

#include <charconv>

#include <fmt/format.h>

namespace cloudcart::redis {
namespace {

constexpr std::size_t born_length = 16;
constexpr std::size_t version_length = 20;
/// Turns the order of signed numbers into that of unsigned ones.
constexpr std::uint64_t sign_bit = 1ULL << 63;

}  // namespace

std::string Keyspace::entry_key(std::string_view key) const {
  std::string whole;
  whole.reserve(prefix_.size() + 1 + key.size());
  return whole.append(prefix_).append(":").append(key);
}

std::string Keyspace::slot_of(std::string_view key) {
  // FNV-1a, 64 bit.
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : key) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  return std::to_string((hash ^ (hash >> 32)) % slots);
}

std::string to_text(Version version) {
  return fmt::format("{:020}", static_cast<std::uint64_t>(version) ^ sign_bit);
}

std::optional<Version> parse_version(std::string_view text) {
  std::uint64_t number = 0;
  if (text.size() != version_length) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return static_cast<Version>(number ^ sign_bit);
}

std::optional<CacheEntry> read_entry(std::string_view stored, const Stamp& stamp) {
  constexpr auto head = born_length + version_length;
  if (stored.size() < head || stored.substr(0, born_length) != stamp.born) return std::nullopt;
  const auto version = parse_version(stored.substr(born_length, version_length));
  if (!version || *version < stamp.base) return std::nullopt;
  return CacheEntry{std::string{stored.substr(head)}, *version};
}

}  // namespace cloudcart::redis
