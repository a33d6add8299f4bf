#include "adapters/clickhouse/analytics/dead_letter_rows.h"

#include <fmt/format.h>

#include "adapters/clickhouse/store/sql.h"

namespace cloudcart::analytics {
namespace {

constexpr std::string_view columns = "position, event, reason, attempts";

void add_row(clickhouse::RowWriter& rows, std::uint64_t generation, const DeadLetter& letter, bool settled) {
  // The end outranks every attempt.
  const auto revision =
      settled ? std::numeric_limits<std::uint64_t>::max() : static_cast<std::uint64_t>(letter.attempts);
  rows.number(generation)
      .number(letter.position)
      .text(letter.event.tenant.value)
      .text(events::to_json(letter.event))
      .text(letter.reason)
      .number(letter.attempts)
      .number(std::uint8_t{settled})
      .number(to_unix_ms(letter.event.timestamp))
      .number(revision);
}

std::string open_letters(const Snapshot& snapshot, const TenantId& tenant) {
  return fmt::format("dead_letter FINAL WHERE {} AND settled = 0 AND position <= {}",
                     shop_rows(snapshot.generation, tenant), snapshot.position);
}

Result<DeadLetter> letter_of(const clickhouse::Row& row) {
  CLOUDCART_TRY(auto event, events::parse_order_event(row.text(1)));
  return DeadLetter{row.integer(0), std::move(event), row.text(2), row.integer(3)};
}

}  // namespace

Task<Status> DeadLetterRows::add(std::uint64_t generation, std::vector<DeadLetter> letters,
                                 Deadline deadline) {
  clickhouse::RowWriter rows;
  for (const auto& letter : letters) add_row(rows, generation, letter, false);
  co_return co_await store_.insert("dead_letter", rows.take(), deadline);
}

Task<Status> DeadLetterRows::settle(std::uint64_t generation, DeadLetter letter, Deadline deadline) {
  clickhouse::RowWriter rows;
  add_row(rows, generation, letter, true);
  co_return co_await store_.insert("dead_letter", rows.take(), deadline);
}

Task<Result<DeadLetters::Page>> DeadLetterRows::list(Snapshot snapshot, TenantId tenant, std::int64_t offset,
                                                     std::int64_t limit, Deadline deadline) {
  DeadLetters::Page page;
  const auto open = open_letters(snapshot, tenant);
  CLOUDCART_CO_TRY(const auto count, co_await store_.ask("SELECT count() FROM " + open, deadline));
  if (count.size() > 0) page.total = count.row(0).integer(0);
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(fmt::format("SELECT {} FROM {} ORDER BY position LIMIT {}, {}", columns, open,
                                      std::max<std::int64_t>(offset, 0), std::max<std::int64_t>(limit, 0)),
                          deadline));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CLOUDCART_CO_TRY(auto letter, letter_of(rows.row(i)));
    page.letters.push_back(std::move(letter));
  }
  co_return page;
}

Task<Result<std::optional<DeadLetter>>> DeadLetterRows::find(Snapshot snapshot, TenantId tenant,
                                                             std::int64_t position, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(fmt::format("SELECT {} FROM {} AND position = {}", columns,
                                                   open_letters(snapshot, tenant), position),
                                       deadline));
  if (rows.size() == 0) co_return std::nullopt;
  CLOUDCART_CO_TRY(auto letter, letter_of(rows.row(0)));
  co_return letter;
}

Task<Result<std::vector<std::int64_t>>> DeadLetterRows::positions(Snapshot snapshot, TenantId tenant,
                                                                  Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask("SELECT position FROM " + open_letters(snapshot, tenant) + " ORDER BY position",
                          deadline));
  std::vector<std::int64_t> positions;
  for (std::size_t i = 0; i < rows.size(); ++i) positions.push_back(rows.row(i).integer(0));
  co_return positions;
}

}  // namespace cloudcart::analytics
