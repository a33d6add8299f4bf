#include "core/money.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace cloudcart {
namespace {

// ISO 4217 currencies whose minor unit is not 1/100 (zero, three or four digits).
constexpr std::array<std::string_view, 27> other_exponents{
    "BHD", "BIF", "CLF", "CLP", "DJF", "GNF", "IQD", "ISK", "JOD", "JPY", "KMF", "KRW", "KWD", "LYD",
    "OMR", "PYG", "RWF", "TND", "UGX", "UYI", "UYW", "VND", "VUV", "XAF", "XOF", "XPF", "XXX"};

}  // namespace

std::optional<Currency> Currency::parse(std::string_view code) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() != 3 || !std::ranges::all_of(code, upper)) return std::nullopt;
  if (std::ranges::find(other_exponents, code) != other_exponents.end()) return std::nullopt;
  Currency currency;
  std::ranges::copy(code, currency.code_);
  return currency;
}

std::optional<Money> Money::parse(std::string_view decimal) {
  const bool negative = decimal.starts_with('-');
  if (negative) decimal.remove_prefix(1);
  const auto point = decimal.find('.');
  const auto whole_text = decimal.substr(0, point);
  std::string_view fraction_text =
      point == std::string_view::npos ? std::string_view{} : decimal.substr(point + 1);
  if (point != std::string_view::npos && (fraction_text.empty() || fraction_text.size() > 2))
    return std::nullopt;

  const auto all_digits = [](std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole_text.empty() || !all_digits(whole_text) || !all_digits(fraction_text)) return std::nullopt;

  std::int64_t whole = 0;
  const auto [end, failure] =
      std::from_chars(whole_text.data(), whole_text.data() + whole_text.size(), whole);
  if (failure != std::errc{}) return std::nullopt;
  std::int64_t fraction = 0;
  for (const char c : fraction_text) fraction = fraction * 10 + (c - '0');
  if (fraction_text.size() == 1) fraction *= 10;

  std::int64_t minor;
  if (__builtin_mul_overflow(whole, std::int64_t{100}, &minor)) return std::nullopt;
  if (__builtin_add_overflow(minor, fraction, &minor)) return std::nullopt;
  return Money{negative ? -minor : minor};
}

void Money::append_to(std::string& out) const {
  // Through unsigned, so that the smallest int64 has a magnitude.
  const bool negative = minor_ < 0;
  const std::uint64_t magnitude =
      negative ? ~static_cast<std::uint64_t>(minor_) + 1 : static_cast<std::uint64_t>(minor_);
  char text[24];
  char* at = text;
  if (negative) *at++ = '-';
  at = std::to_chars(at, text + sizeof text, magnitude / 100).ptr;
  *at++ = '.';
  *at++ = static_cast<char>('0' + magnitude % 100 / 10);
  *at++ = static_cast<char>('0' + magnitude % 10);
  out.append(text, at);
}

std::string Money::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

std::optional<Money> Money::plus(Money other) const {
  std::int64_t sum;
  if (__builtin_add_overflow(minor_, other.minor_, &sum)) return std::nullopt;
  return Money{sum};
}

std::optional<Money> Money::minus(Money other) const {
  std::int64_t difference;
  if (__builtin_sub_overflow(minor_, other.minor_, &difference)) return std::nullopt;
  return Money{difference};
}

std::optional<Money> Money::times(std::int64_t factor) const {
  std::int64_t product;
  if (__builtin_mul_overflow(minor_, factor, &product)) return std::nullopt;
  return Money{product};
}

}  // namespace cloudcart
