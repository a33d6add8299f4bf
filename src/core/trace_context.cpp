#include "core/trace_context.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart {
namespace {

constexpr std::size_t version_00_length = 55;
constexpr std::size_t most_members = 32;
constexpr std::size_t longest_tracestate = 512;
constexpr std::size_t longest_value = 256;
constexpr std::size_t longest_key = 256, longest_tenant = 241, longest_system = 14;

/// `text` has as many digits as the number may have.
template <class Number>
std::optional<Number> parse_hex(std::string_view text) {
  if (text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return std::nullopt;
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number, 16);
  return number;
}

bool is_lower_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// What keys are made of, but '@'.
bool are_key_characters(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return is_lower_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '*' || c == '/';
  });
}

/// simple-key, or multi-tenant-key: tenant "@" system.
bool is_member_key(std::string_view key) {
  if (key.empty() || !are_key_characters(key.substr(0, key.find('@')))) return false;
  const auto at = key.find('@');
  if (at == std::string_view::npos) return is_lower_letter(key.front()) && key.size() <= longest_key;
  const auto system = key.substr(at + 1);
  return at > 0 && at <= longest_tenant && (is_lower_letter(key.front()) || is_digit(key.front())) &&
         !system.empty() && system.size() <= longest_system && is_lower_letter(system.front()) &&
         are_key_characters(system);
}

bool is_member_value(std::string_view value) {
  return !value.empty() && value.size() <= longest_value && value.back() != ' ' &&
         std::ranges::all_of(value, [](char c) { return c >= 0x20 && c <= 0x7E && c != ',' && c != '='; });
}

std::string_view without_blanks_around(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string to_text(const TraceId& id) {
  return fmt::format("{:016x}{:016x}", id.high, id.low);
}

std::string to_text(SpanId id) {
  return fmt::format("{:016x}", id);
}

std::optional<TraceContext> parse_traceparent(std::string_view text) {
  if (text.size() < version_00_length || text[2] != '-' || text[35] != '-' || text[52] != '-')
    return std::nullopt;
  const auto version = parse_hex<unsigned>(text.substr(0, 2));
  if (!version || *version == 0xFF) return std::nullopt;
  if (text.size() > version_00_length && (*version == 0 || text[version_00_length] != '-'))
    return std::nullopt;
  const auto high = parse_hex<std::uint64_t>(text.substr(3, 16));
  const auto low = parse_hex<std::uint64_t>(text.substr(19, 16));
  const auto span = parse_hex<SpanId>(text.substr(36, 16));
  const auto flags = parse_hex<unsigned>(text.substr(53, 2));
  if (!high || !low || !span || !flags) return std::nullopt;
  const TraceContext context{.trace = {*high, *low}, .span = *span, .sampled = (*flags & 1) != 0};
  return context.is_valid() ? std::optional{context} : std::nullopt;
}

std::string to_traceparent(const TraceContext& context) {
  return fmt::format("00-{:016x}{:016x}-{:016x}-{}", context.trace.high, context.trace.low, context.span,
                     context.sampled ? "01" : "00");
}

bool is_tracestate(std::string_view text) {
  if (text.size() > longest_tracestate) return false;
  std::size_t members = 0;
  for (const auto part : split(text, ',')) {
    const auto member = without_blanks_around(part);
    if (member.empty()) continue;  // which the grammar allows
    const auto equals = member.find('=');
    if (equals == std::string_view::npos || !is_member_key(member.substr(0, equals)) ||
        !is_member_value(member.substr(equals + 1)) || ++members > most_members)
      return false;
  }
  return members > 0;
}

}  // namespace cloudcart
