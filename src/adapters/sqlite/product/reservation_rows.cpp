#include "adapters/sqlite/product/reservation_rows.h"

#include <boost/json/parse.hpp>

#include "core/json_writer.h"

namespace cloudcart::product {
namespace {

using sqlite::Connection;

/// The columns of a line, in the order of their JSON array.
enum Column : std::size_t { product_id, number, name, category, price, quantity };

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

/// What this process or one before it has written: anything else is a damaged file, and thrown.
std::vector<NumberedLine> lines_of(std::string_view text) {
  const auto parsed = boost::json::parse(text);
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

}  // namespace

bool insert_reservation(Connection& connection, const TenantId& tenant, const OrderId& order,
                        const StoredReservation& reservation, Timestamp now) {
  const auto lines = lines_as_json(reservation.lines);
  connection
      .prepare(
          "INSERT INTO reservation(tenant, order_id, state, created_at, updated_at, lines) "
          "VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .bind_all(tenant.value, order, to_string(reservation.state), now, now, lines)
      .run();
  return connection.changes() > 0;
}

std::optional<StoredReservation> find_reservation(Connection& connection, const TenantId& tenant,
                                                  const OrderId& order) {
  auto row = connection.prepare("SELECT state, lines FROM reservation WHERE tenant = ? AND order_id = ?");
  row.bind_all(tenant.value, order);
  if (!row.step()) return std::nullopt;
  return StoredReservation{parse_reservation_state(row.text(0)).value(), lines_of(row.text(1))};
}

void set_state(Connection& connection, const TenantId& tenant, const OrderId& order, ReservationState state,
               Timestamp now) {
  connection.prepare("UPDATE reservation SET state = ?, updated_at = ? WHERE tenant = ? AND order_id = ?")
      .bind_all(to_string(state), now, tenant.value, order)
      .run();
}

}  // namespace cloudcart::product
