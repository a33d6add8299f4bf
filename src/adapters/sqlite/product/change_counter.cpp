#include "adapters/sqlite/product/change_counter.h"

namespace cloudcart::product {

ChangeNumber newest_change(sqlite::Connection& connection) {
  auto row = connection.prepare("SELECT number FROM change_counter");
  row.step();
  return row.integer(0);
}

ChangeNumber count_change(sqlite::Connection& connection) {
  auto row = connection.prepare("UPDATE change_counter SET number = number + 1 RETURNING number");
  row.step();
  const auto number = row.integer(0);
  row.run();
  return number;
}

}  // namespace cloudcart::product
