#include "events/order_event.h"

#include <algorithm>
#include <limits>

#include "core/json_reader.h"
#include "core/json_writer.h"
#include "core/words.h"

namespace cloudcart {
namespace {
constexpr std::array<std::string_view, 6> status_words{"pending", "confirmed", "processing",
                                                       "shipped", "delivered", "cancelled"};
constexpr std::array<std::string_view, 2> kind_words{"sale", "credit_note"};

}  // namespace

std::string_view to_string(OrderStatus status) {
  return word_of(status_words, status);
}
std::optional<OrderStatus> parse_order_status(std::string_view word) {
  return parse_word<OrderStatus>(status_words, word);
}
std::string_view to_string(OrderKind kind) {
  return word_of(kind_words, kind);
}
std::optional<OrderKind> parse_order_kind(std::string_view word) {
  return parse_word<OrderKind>(kind_words, word);
}

namespace events {
namespace {

constexpr auto any_amount = Money{std::numeric_limits<std::int64_t>::max()};
constexpr TextRule any_text{.trimmed = false, .multiline = true};

/// From here on a JSON number, read as a double, no longer tells every cent from its neighbours; larger
/// amounts have their minor units as an integer beside it.
constexpr Money exact_as_number{1'000'000'000'000'000};

void write_amount(JsonWriter& json, std::string_view name, std::string_view minor_name, Money amount) {
  json.key(name).amount_number(amount);
  if (amount >= exact_as_number) json.field(minor_name, amount.minor_units());
}

Money read_amount(FieldReader& fields, std::string_view name, std::string_view minor_name) {
  if (fields.has(minor_name)) return Money{fields.integer(minor_name, 0, any_amount.minor_units())};
  return fields.money(name, Money{}, any_amount);
}

EventLine read_line(const boost::json::value& value, std::string prefix, std::vector<FieldError>& errors) {
  FieldReader fields(value, std::move(prefix), errors);
  EventLine line;
  line.product_id = fields.id<ProductId>("product_id");
  line.product_name = fields.text("product_name", any_text);
  line.category_name = fields.text("category_name", any_text);
  line.quantity = fields.integer("quantity", 1, std::numeric_limits<std::int64_t>::max());
  line.price = read_amount(fields, "price", "price_minor");
  line.subtotal = read_amount(fields, "subtotal", "subtotal_minor");
  return line;
}

}  // namespace

std::string to_json(const OrderEvent& event) {
  JsonWriter json;
  json.begin_object()
      .field("eventId", event.event_id)
      .field("tenant", event.tenant.value)
      .field("type", event.type);
  json.field("version", event.version).field("orderId", event.order_id).field("userId", event.user_id);
  json.field("status", to_string(event.status)).field("kind", to_string(event.kind));
  write_amount(json, "totalAmount", "totalMinor", event.total);
  json.field("currency", event.currency.code());
  json.key("items").begin_array();
  for (const auto& line : event.lines) {
    json.begin_object().field("product_id", line.product_id).field("product_name", line.product_name);
    json.field("category_name", line.category_name).field("quantity", line.quantity);
    write_amount(json, "price", "price_minor", line.price);
    write_amount(json, "subtotal", "subtotal_minor", line.subtotal);
    json.end_object();
  }
  json.end_array().field("timestamp", event.timestamp).field("traceparent", event.traceparent).end_object();
  return std::move(json).str();
}

Result<OrderEvent> parse_order_event(std::string_view text) {
  CLOUDCART_TRY(const auto value, parse_json(text));
  FieldReader fields(value);
  std::vector<FieldError> line_errors;
  OrderEvent event;
  event.event_id = fields.id<EventId>("eventId");
  event.tenant.value = fields.text("tenant", {.min = 1, .max = 64});
  event.type = fields.text("type", any_text);
  event.version = fields.integer("version", 1, std::numeric_limits<std::int64_t>::max());
  event.order_id = fields.id<OrderId>("orderId");
  event.user_id = fields.id<UserId>("userId");
  const auto status = parse_order_status(fields.text("status", any_text));
  const auto kind = parse_order_kind(fields.text("kind", any_text));
  const auto currency = Currency::parse(fields.text("currency", any_text));
  event.total = read_amount(fields, "totalAmount", "totalMinor");
  const auto time = parse_rfc3339(fields.text("timestamp", any_text));
  event.traceparent = fields.optional_text("traceparent", any_text).value_or("");
  if (const auto* lines = fields.array("items", 0, std::numeric_limits<std::size_t>::max())) {
    for (const auto& line : *lines)
      event.lines.push_back(
          read_line(line, "items[" + std::to_string(event.lines.size()) + "].", line_errors));
  }
  if (std::ranges::find(order_topics, event.type) == order_topics.end())
    fields.add_error("type", "is no topic");
  if (!status || !kind || !currency || !time)
    fields.add_error("event", "has an unknown status, kind, currency or timestamp");
  for (auto& error : line_errors) fields.add_error(error.field, std::move(error.message));
  if (const auto checked = fields.finish(); !checked) {
    const auto& first = checked.error().fields.front();
    return fail(ErrorCode::malformed_request,
                "The event is not understood: " + first.field + " " + first.message + ".");
  }
  event.status = *status;
  event.kind = *kind;
  event.currency = *currency;
  event.timestamp = *time;
  return event;
}

}  // namespace events
}  // namespace cloudcart
