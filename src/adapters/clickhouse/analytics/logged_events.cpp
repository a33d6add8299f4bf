#include "adapters/clickhouse/analytics/logged_events.h"

#include <fmt/format.h>

#include "adapters/clickhouse/analytics/known_facts.h"
#include "adapters/clickhouse/store/sql.h"

namespace cloudcart::analytics {
namespace {

/// One of the arrays, of as many as there are lines.
template <class Take>
bool read_column(clickhouse::RowReader& rows, std::vector<events::EventLine>& lines, Take take) {
  if (rows.count() != lines.size()) return false;
  for (auto& line : lines) take(line);
  return rows.is_good();
}

bool read_lines(clickhouse::RowReader& rows, std::vector<events::EventLine>& lines) {
  lines.resize(rows.count());
  for (auto& line : lines) line.product_id = ProductId{rows.id()};
  return rows.is_good() &&
         read_column(rows, lines, [&](events::EventLine& line) { line.product_name = rows.text(); }) &&
         read_column(rows, lines, [&](events::EventLine& line) { line.category_name = rows.text(); }) &&
         read_column(rows, lines,
                     [&](events::EventLine& line) { line.quantity = rows.number<std::int64_t>(); }) &&
         read_column(rows, lines,
                     [&](events::EventLine& line) { line.subtotal = Money{rows.number<std::int64_t>()}; });
}

/// False when the row is broken.
bool read_row(clickhouse::RowReader& rows, events::LogRecord& record) {
  auto& event = record.event;
  record.position = rows.number<std::int64_t>();
  event.tenant = TenantId{std::string{rows.text()}};
  event.type = topic_of(static_cast<EventType>(rows.number<std::uint8_t>()));
  event.version = rows.number<std::int64_t>();
  const auto status = rows.number<std::uint8_t>();
  event.status = static_cast<OrderStatus>(status);
  event.kind = rows.number<std::uint8_t>() ? OrderKind::credit_note : OrderKind::sale;
  event.timestamp = from_unix_ms(rows.number<std::int64_t>());
  event.order_id = OrderId{rows.id()};
  event.user_id = UserId{rows.id()};
  event.total = Money{rows.number<std::int64_t>()};
  const auto currency = Currency::parse(std::string{rows.text()});
  if (!rows.is_good() || !currency || status >= all_order_statuses.size()) return false;
  event.currency = *currency;
  return read_lines(rows, event.lines);
}

}  // namespace

Task<Result<std::string>> ask_logged_events(clickhouse::Store& store, std::uint64_t generation,
                                            LogStretch stretch, std::size_t limit, Deadline deadline) {
  co_return co_await store.ask_rows(
      fmt::format("SELECT position, tenant, type, version, status, document, at, order_id, customer, amount,"
                  " currency, product, name, category, quantity, subtotal FROM logged_event"
                  " WHERE generation = {} AND position > {} AND position <= {} ORDER BY position LIMIT {}",
                  generation, stretch.after, stretch.up_to, limit),
      deadline);
}

std::optional<std::vector<events::LogRecord>> read_logged_events(std::string_view rows, LogStretch stretch) {
  std::vector<events::LogRecord> records;
  clickhouse::RowReader reader(rows);
  auto last = stretch.after + 1;
  while (reader.has_more()) {
    auto& record = records.emplace_back();
    if (!read_row(reader, record) || record.position < last || record.position > stretch.up_to)
      return std::nullopt;
    last = record.position;
  }
  return records;
}

}  // namespace cloudcart::analytics
