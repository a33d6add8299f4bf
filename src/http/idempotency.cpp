#include "http/idempotency.h"

#include <algorithm>

#include "core/text.h"

namespace cloudcart::http {

std::optional<IdempotencyKey> read_idempotency_key(const Request& request, FieldReader& fields) {
  constexpr std::string_view header = "Idempotency-Key";
  const auto is_key = [&](const auto& field) { return ascii_iequals(field.name, header); };
  const auto count = std::ranges::count_if(request.headers.fields(), is_key);
  if (count == 0) return std::nullopt;
  auto key = IdempotencyKey::parse(trim(*request.headers.find(header)));
  if (!key || count > 1) fields.add_error(header, "must be one key of 1 to 255 visible ASCII characters");
  return key;
}

}  // namespace cloudcart::http
