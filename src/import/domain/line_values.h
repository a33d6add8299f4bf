#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/money.h"
#include "core/time_zone.h"

namespace cloudcart::history {

/// The moment of a line: "2010-12-01 08:26[:00[.000]]" with a blank or T, optionally with Z or an offset;
/// "12/1/2010 8:26[:00]" (month/day/year); a date alone (its midnight); Unix seconds of nine or ten digits.
/// Without an offset it is the wall clock of `zone`. Only the years 1970 to 2199 are believed.
std::optional<Timestamp> parse_line_time(std::string_view text, const TimeZone& zone);

/// A whole number, also when a spreadsheet wrote it as "6.0"; at most ±1,000,000,000.
std::optional<std::int64_t> parse_quantity(std::string_view text);

struct UnitPrice {
  Money amount;       ///< rounded half away from zero when it is finer than a minor unit
  bool exact = true;  ///< false: finer than a minor unit
};

/// Decimal text without exponent or grouping, at most ±99,999,999.99, the bound of a catalogue price.
std::optional<UnitPrice> parse_unit_price(std::string_view text);

/// Without the ".0" that spreadsheets put behind whole numbers ("17850.0").
std::string_view without_zero_fraction(std::string_view number);

}  // namespace cloudcart::history
