// Cursors of lists: what is taken is exactly what would have been given out.
#include "fuzz/fuzz_target.h"
#include "order/http/order_json.h"
#include "product/domain/product_cursor.h"

using namespace cloudcart;
using fuzz::require;

FUZZ_TARGET(cursor) {
  using product::ProductSort;
  for (const auto sort :
       {ProductSort::name, ProductSort::price, ProductSort::created_at, ProductSort::inventory_count})
    for (const bool descending : {false, true})
      if (const auto position = product::decode_cursor(input, sort, descending))
        require(product::encode_cursor(sort, descending, *position) == input, "a list's cursor has one text");
  if (const auto place = product::decode_place(input))
    require(product::encode_place(*place) == input, "a ledger's cursor has one text");
  if (const auto last = order::parse_cursor(input))
    require(order::cursor_of(*last) == input, "an order's cursor has one text");
}
