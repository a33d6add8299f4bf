#include "order/domain/idempotency.h"

namespace cloudcart::order {
namespace {

void append_number(std::string& bytes, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
}

}  // namespace

RequestFingerprint fingerprint_of(UserId user_id, const std::vector<LineRequest>& lines,
                                  std::string_view shipping_address) {
  // Fields of fixed width and a count before the lines: no two requests have the same bytes.
  std::string bytes;
  bytes.reserve(24 + lines.size() * 24 + shipping_address.size());
  bytes += user_id.as_bytes();
  append_number(bytes, lines.size());
  for (const auto& line : lines) {
    bytes += line.product_id.as_bytes();
    append_number(bytes, static_cast<std::uint64_t>(line.quantity));
  }
  bytes += shipping_address;
  return sha256(bytes);
}

bool removes_expired_keys(OrderId order_id) {
  // An id's last byte is random, so that one in sixteen has these bits.
  static_assert(inserts_per_purge == 16);
  return (order_id.value.bytes[15] & 15) == 0;
}

Error key_conflict() {
  return {ErrorCode::idempotency_conflict, "This idempotency key was used for another request.", {}};
}

}  // namespace cloudcart::order
