#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloudcart {

/// An ISO 4217 currency with two minor digits (the platform's shops use such a one; others are refused at
/// configuration).
class Currency {
 public:
  Currency() = default;
  /// Three upper-case letters of a two-digit currency; nullopt otherwise.
  static std::optional<Currency> parse(std::string_view code);
  std::string_view code() const { return {code_, 3}; }
  auto operator<=>(const Currency&) const = default;

 private:
  char code_[3] = {'X', 'X', 'X'};
};

/// An exact amount in minor units (cents). Binary floating point never touches it.
class Money {
 public:
  Money() = default;
  constexpr explicit Money(std::int64_t minor_units) : minor_(minor_units) {}

  /// Decimal text with at most two decimals, e.g. "999.99", "5", "-0.10". Nullopt for anything else, for a
  /// leading '+', for exponents and for amounts beyond ±92 quadrillion.
  static std::optional<Money> parse(std::string_view decimal);
  std::int64_t minor_units() const { return minor_; }
  /// Always two decimals: "999.99".
  std::string to_string() const;
  void append_to(std::string& out) const;

  /// Nullopt on overflow: amounts come from outside, so overflow is bad input and not a defect.
  std::optional<Money> plus(Money other) const;
  std::optional<Money> minus(Money other) const;
  std::optional<Money> times(std::int64_t factor) const;

  auto operator<=>(const Money&) const = default;

 private:
  std::int64_t minor_ = 0;
};

}  // namespace cloudcart
