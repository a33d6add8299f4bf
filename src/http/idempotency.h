#pragma once

#include "core/idempotency_key.h"
#include "core/json_reader.h"
#include "http/message.h"

namespace cloudcart::http {

/// The Idempotency-Key header, if there is one; what is no key is noted in `fields` as a violation.
std::optional<IdempotencyKey> read_idempotency_key(const Request& request, FieldReader& fields);

}  // namespace cloudcart::http
