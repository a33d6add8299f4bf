#include "product/columns/reservation_lines.h"

#include <boost/json/parse.hpp>

#include "core/json_writer.h"

namespace cloudcart::product {
namespace {

/// The columns of a line, in the order of their JSON array.
enum Column : std::size_t { product_id, number, name, category, price, quantity };

}  // namespace

std::string lines_as_json(const std::vector<NumberedLine>& lines) {
  JsonWriter json;
  json.begin_array();
  for (const auto& [product_number, line] : lines) {
    json.begin_array().value(line.product_id).value(product_number).value(line.product_name);
    json.value(line.category_name).value(line.price.minor_units()).value(line.quantity).end_array();
  }
  json.end_array();
  return std::move(json).str();
}

std::vector<NumberedLine> lines_of(std::string_view json) {
  const auto parsed = boost::json::parse(json);
  std::vector<NumberedLine> lines;
  for (const auto& element : parsed.as_array()) {
    const auto& line = element.as_array();
    const auto text_at = [&line](Column column) {
      const auto& value = line.at(column).as_string();
      return std::string{value.data(), value.size()};
    };
    lines.push_back({line.at(number).as_int64(),
                     {ProductId{Uuid::parse(text_at(product_id)).value()}, text_at(name), text_at(category),
                      Money{line.at(price).as_int64()}, line.at(quantity).as_int64()}});
  }
  return lines;
}

std::vector<ReservedLine> promised_lines(StoredReservation reservation) {
  std::vector<ReservedLine> lines;
  for (auto& [number, line] : reservation.lines) lines.push_back(std::move(line));
  return lines;
}

}  // namespace cloudcart::product
