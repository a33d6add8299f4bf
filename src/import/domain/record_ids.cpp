#include "import/domain/record_ids.h"

#include "core/id_generator.h"

namespace cloudcart::history {
namespace {

// Products and customers have no moment of their own that stays the same when more history is read later.
constexpr Timestamp timeless = std::chrono::sys_days{std::chrono::year{2000} / 1 / 1};

std::string document_key(std::string_view document, bool is_cancellation) {
  return (is_cancellation ? "cancellation/" : "sale/") + std::string{document};
}

}  // namespace

Uuid RecordIds::make(Timestamp time, std::string_view kind, std::string_view key) const {
  std::string text{kind};
  text.append("/").append(source_).append("/").append(key);
  return derived_uuid(time, text);
}

ProductId RecordIds::product(std::string_view sku) const {
  return {make(timeless, "product", sku)};
}

UserId RecordIds::customer(std::string_view key) const {
  return {make(timeless, "customer", key)};
}

UserId RecordIds::guest(std::string_view document, bool is_cancellation) const {
  return {make(timeless, "guest", document_key(document, is_cancellation))};
}

OrderId RecordIds::order(std::string_view document, bool is_cancellation, Timestamp time) const {
  return {make(time, "order", document_key(document, is_cancellation))};
}

EventId RecordIds::event(std::string_view document, bool is_cancellation, int version, Timestamp time) const {
  return {make(time, "event", document_key(document, is_cancellation) + "/" + std::to_string(version))};
}

}  // namespace cloudcart::history
