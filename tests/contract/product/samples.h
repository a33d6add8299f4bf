#pragma once

#include <string>

#include "core/caller.h"
#include "product/domain/product.h"
#include "product/domain/stock.h"

namespace cloudcart::product {

const TenantId shop{"main"}, other_shop{"other"};
constexpr auto no_deadline = Deadline::max();
const Timestamp made = from_unix_ms(1'700'000'000'000), later = from_unix_ms(1'700'000'060'000);

/// The same number always gives the same id, and ids sort like their numbers.
template <class IdType = ProductId>
IdType id_of(int number) {
  Uuid id{.bytes = {0x01, 0x93, 0x2C, 0x08, 0x11, 0xAA, 0x70, 0x00, 0x80}};
  id.bytes[14] = static_cast<std::uint8_t>(number >> 8);
  id.bytes[15] = static_cast<std::uint8_t>(number);
  return {id};
}
inline OrderId order_of(int number) {
  return id_of<OrderId>(number);
}

/// Who writes what into the ledger, where a test does not ask.
inline StockNote somebodys_note() {
  return {"counted", UserId{}};
}

inline Product sample(int number) {
  return {.id = id_of(number),
          .name = "Product " + std::to_string(number),
          .price = Money{100 * number},
          .inventory_count = 10,
          .created_at = made,
          .updated_at = made};
}

}  // namespace cloudcart::product
