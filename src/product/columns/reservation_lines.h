#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "product/domain/reservation.h"

namespace cloudcart::product {

/// A line with the number by which the store knows its product.
struct NumberedLine {
  std::int64_t number = 0;
  ReservedLine line;
  bool operator==(const NumberedLine&) const = default;
};

struct StoredReservation {
  ReservationState state = ReservationState::reserved;
  std::vector<NumberedLine> lines;  ///< in the order they were asked for; none when nothing was ever reserved
};

/// The lines as one value of a row: [[product id, number, name, category, price, quantity], …].
std::string lines_as_json(const std::vector<NumberedLine>& lines);
/// Of what lines_as_json has made: anything else is a damaged store, and thrown.
std::vector<NumberedLine> lines_of(std::string_view json);

std::vector<ReservedLine> promised_lines(StoredReservation reservation);

}  // namespace cloudcart::product
