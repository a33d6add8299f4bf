#include "adapters/clickhouse/analytics/fact_rows.h"

#include <set>

#include "analytics/domain/flows.h"

namespace cloudcart::analytics {
namespace {

/// As stored in `flow` and `line`.
std::uint8_t kind_of(EventType type) {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) - 1);
}

std::uint8_t document_of(const events::OrderEvent& event) {
  return event.kind == OrderKind::credit_note ? 1 : 0;
}

struct ItemSum {
  std::int64_t units = 0;
  std::int64_t amount = 0;
};

}  // namespace

void FactRows::add_event(const events::LogRecord& record) {
  const auto& event = record.event;
  events_.number(generation_)
      .text(event.tenant.value)
      .id(event.order_id.value)
      .number(event.version)
      .number(static_cast<std::uint8_t>(type_of(event)))
      .number(to_unix_ms(event.timestamp))
      .number(static_cast<std::uint8_t>(event.status))
      .number(document_of(event))
      .id(event.user_id.value)
      .number(units_of(event))
      .number(event.total.minor_units())
      .text(event.currency.code())
      .id(event.event_id.value)
      .number(precedence_of(record.position));
  add_logged(record);
}

void FactRows::add_logged(const events::LogRecord& record) {
  const auto& event = record.event;
  logged_.number(generation_)
      .number(record.position)
      .text(event.tenant.value)
      .number(static_cast<std::uint8_t>(type_of(event)))
      .number(event.version)
      .number(static_cast<std::uint8_t>(event.status))
      .number(document_of(event))
      .number(to_unix_ms(event.timestamp))
      .id(event.order_id.value)
      .id(event.user_id.value)
      .number(event.total.minor_units())
      .text(event.currency.code());
  logged_.count(event.lines.size());
  for (const auto& line : event.lines) logged_.id(line.product_id.value);
  logged_.count(event.lines.size());
  for (const auto& line : event.lines) logged_.text(line.product_name);
  logged_.count(event.lines.size());
  for (const auto& line : event.lines) logged_.text(line.category_name);
  logged_.count(event.lines.size());
  for (const auto& line : event.lines) logged_.number(line.quantity);
  logged_.count(event.lines.size());
  for (const auto& line : event.lines) logged_.number(line.subtotal.minor_units());
}

void FactRows::add_facts(const events::LogRecord& record, KnownFacts& known) {
  const auto& event = record.event;
  note_names(event);
  const auto type = type_of(event);
  if (type == EventType::other || known.is_repeated(event.order_id, type, record.position)) return;
  if (type == EventType::placed || type == EventType::given_back) add_sale(record, type, known);
  // A passage is counted once both its ends are known, whichever came first.
  if (type == EventType::placed) {
    add_passage(event, EventType::shipped, known);
    add_passage(event, EventType::delivered, known);
  } else if (type != EventType::given_back) {
    add_passage(event, type, known);
  }
}

void FactRows::add_sale(const events::LogRecord& record, EventType type, KnownFacts& known) {
  const auto& event = record.event;
  Flow flow{.kind = kind_of(type),
            .at = event.timestamp,
            .customer = event.user_id,
            .units = units_of(event),
            .amount = event.total};
  if (type == EventType::placed && customer_of(event) &&
      !known.has_earlier_order(event.user_id, event.timestamp, event.order_id, record.position)) {
    flow.is_record = true;
    known.add_first_order(event.user_id, event.timestamp, event.order_id, record.position);
    first_orders_.number(generation_)
        .text(event.tenant.value)
        .id(event.user_id.value)
        .number(to_unix_ms(event.timestamp))
        .id(event.order_id.value)
        .number(precedence_of(record.position));
  }
  add_flow(event, flow, record.position);
  add_lines(event, flow, record.position);
}

void FactRows::add_passage(const events::OrderEvent& event, EventType type, const KnownFacts& known) {
  const auto* const placed = known.find(event.order_id, EventType::placed);
  const auto* const passed = known.find(event.order_id, type);
  if (!placed || !passed) return;
  add_flow(event,
           {.kind = kind_of(type),
            .at = passed->at,
            .customer = placed->customer,
            .seconds = seconds_between(placed->at, passed->at)},
           std::max(placed->position, passed->position));
}

void FactRows::add_flow(const events::OrderEvent& event, const Flow& flow, std::int64_t position) {
  flows_.number(generation_)
      .text(event.tenant.value)
      .number(flow.kind)
      .number(to_unix_ms(flow.at))
      .id(event.order_id.value)
      .id(flow.customer.value)
      .number(document_of(event))
      .number(flow.units)
      .number(flow.amount.minor_units())
      .number(flow.seconds)
      .number(std::uint8_t{flow.is_record})
      .number(precedence_of(position));
}

void FactRows::add_lines(const events::OrderEvent& event, const Flow& flow, std::int64_t position) {
  std::map<std::pair<ProductId, std::string>, ItemSum> items;
  for (const auto& line : event.lines) {
    auto& item = items[{line.product_id, line.category_name}];
    item.units += line.quantity;
    item.amount += line.subtotal.minor_units();
  }
  std::set<ProductId> products;
  std::set<std::string_view> categories;
  for (const auto& [key, item] : items) {
    const auto& [product, category] = key;
    lines_.number(generation_)
        .text(event.tenant.value)
        .number(flow.kind)
        .number(to_unix_ms(flow.at))
        .id(event.order_id.value)
        .id(product.value)
        .text(category)
        .id(flow.customer.value)
        .number(document_of(event))
        .number(item.units)
        .number(item.amount)
        .number(std::uint8_t{flow.is_record})
        .number(std::uint8_t{products.insert(product).second})
        .number(std::uint8_t{categories.insert(category).second})
        .number(precedence_of(position));
  }
}

void FactRows::note_names(const events::OrderEvent& event) {
  for (const auto& line : event.lines) {
    auto& at = named_at_[{event.tenant, line.product_id, line.product_name}];
    at = std::max(at, event.timestamp);
  }
}

void FactRows::write_names() {
  for (const auto& [key, at] : named_at_) {
    const auto& [tenant, product, name] = key;
    names_.number(generation_)
        .text(tenant.value)
        .id(product.value)
        .text(name)
        .number(static_cast<std::uint64_t>(to_unix_ms(at)));
  }
  named_at_.clear();
}

std::vector<TableRows> FactRows::take_facts() {
  write_names();
  std::vector<TableRows> tables;
  tables.emplace_back("product_name", names_.take());
  tables.emplace_back("first_order", first_orders_.take());
  tables.emplace_back("line", lines_.take());
  tables.emplace_back("flow", flows_.take());
  return tables;
}

}  // namespace cloudcart::analytics
