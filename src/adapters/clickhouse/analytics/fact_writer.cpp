#include "adapters/clickhouse/analytics/fact_writer.h"

#include <algorithm>

#include "analytics/domain/defect.h"
#include "analytics/domain/flows.h"
#include "runtime/await_all.h"

namespace cloudcart::analytics {
namespace {

PlacedOrder placed_order_of(const events::LogRecord& record) {
  const auto& event = record.event;
  return {event.tenant, record.position, event.event_id,
          OrderSummary{event.order_id, customer_of(event), event.status, event.kind, event.total,
                       event.currency, units_of(event), event.timestamp}};
}

}  // namespace

Task<Result<std::vector<DeadLetter>>> FactWriter::judge(std::uint64_t generation, ByShop& shops,
                                                        Deadline deadline) {
  std::vector<DeadLetter> letters;
  for (auto& [tenant, records] : shops) {
    std::erase_if(records, [&](const events::LogRecord& record) {
      auto defect = defect_of(record.event, currency_);
      if (defect) letters.push_back({record.position, record.event, *std::move(defect), 1});
      return defect.has_value();
    });
    CLOUDCART_CO_TRY(const auto excess, co_await sums_.excess(generation, tenant, records, deadline));
    std::erase_if(records, [&](const events::LogRecord& record) {
      if (!excess.contains(record.position)) return false;
      letters.push_back(
          {record.position, record.event, "With it the shop's sums would be more than can be counted.", 1});
      return true;
    });
  }
  co_return letters;
}

FactRows FactWriter::events_of(std::uint64_t generation, const ByShop& shops) {
  FactRows rows(generation);
  for (const auto& [tenant, records] : shops)
    for (const auto& record : records) rows.add_event(record);
  return rows;
}

/// At once: the tables do not depend on each other, and what a crash leaves of it a repetition completes.
Task<Status> FactWriter::store_all(std::vector<TableRows> tables, Deadline deadline) {
  std::vector<Task<Status>> inserts;
  for (auto& [table, rows] : tables) inserts.push_back(store_.insert(table, std::move(rows), deadline));
  for (auto& stored : co_await await_all(std::move(inserts))) CLOUDCART_CO_CHECK(std::move(stored));
  co_return Status{};
}

Task<Status> FactWriter::store_events(FactRows rows, Deadline deadline) {
  std::vector<TableRows> tables{{"logged_event", rows.take_logged()}, {"order_event", rows.take_events()}};
  co_return co_await store_all(std::move(tables), deadline);
}

Task<Result<FactWriter::Written>> FactWriter::write(std::uint64_t generation,
                                                    std::vector<events::LogRecord> records, bool store_them,
                                                    Deadline deadline) {
  Written written;
  written.applied.events = records.size();
  ByShop shops;
  for (auto& record : records) {
    auto& shop = shops[record.event.tenant];
    shop.push_back(std::move(record));
  }
  CLOUDCART_CO_TRY(auto letters, co_await judge(generation, shops, deadline));
  written.applied.dead_letters = letters.size();
  if (store_them) CLOUDCART_CO_CHECK(co_await store_events(events_of(generation, shops), deadline));
  FactRows rows(generation);
  for (const auto& [tenant, accepted] : shops) {
    CLOUDCART_CO_TRY(auto known, co_await read_known_facts(store_, generation, tenant, accepted, deadline));
    for (const auto& record : accepted) {
      const auto& event = record.event;
      auto& last = written.last_event_at.try_emplace(tenant, event.timestamp).first->second;
      last = std::max(last, event.timestamp);
      if (store_them) rows.add_facts(record, known);
      if (places_order(event) && !known.is_repeated(event.order_id, EventType::placed, record.position)) {
        written.applied.placed.push_back(placed_order_of(record));
        known.add(event.order_id, EventType::placed, {record.position, event.timestamp, event.user_id});
      }
    }
  }
  std::ranges::sort(written.applied.placed, {}, &PlacedOrder::position);
  if (!store_them) co_return written;
  CLOUDCART_CO_CHECK(co_await store_all(rows.take_facts(), deadline));
  CLOUDCART_CO_CHECK(co_await letters_.add(generation, std::move(letters), deadline));
  co_return written;
}

Task<Result<DeadLetters::Retried>> FactWriter::retry(std::uint64_t generation, DeadLetter letter,
                                                     Deadline deadline) {
  const auto& event = letter.event;
  const std::vector<events::LogRecord> records{{letter.position, event}};
  const auto& record = records.front();
  ByShop shops{{event.tenant, records}};
  CLOUDCART_CO_TRY(const auto refused, co_await judge(generation, shops, deadline));
  if (!refused.empty()) {
    letter.reason = refused.front().reason;
    ++letter.attempts;
    CLOUDCART_CO_CHECK(co_await letters_.add(generation, {letter}, deadline));
    co_return DeadLetters::Retried{letter.reason, {}};
  }
  // The order may have been placed by the same event at a later position.
  CLOUDCART_CO_TRY(const auto before,
                   co_await read_known_facts(store_, generation, event.tenant, records, deadline));
  CLOUDCART_CO_CHECK(co_await store_events(events_of(generation, shops), deadline));
  CLOUDCART_CO_TRY(auto known,
                   co_await read_known_facts(store_, generation, event.tenant, records, deadline));
  FactRows rows(generation);
  rows.add_facts(record, known);
  CLOUDCART_CO_CHECK(co_await store_all(rows.take_facts(), deadline));
  CLOUDCART_CO_CHECK(co_await letters_.settle(generation, letter, deadline));
  DeadLetters::Retried retried;
  retried.applied.events = 1;
  if (places_order(event) && !before.find(event.order_id, EventType::placed))
    retried.applied.placed.push_back(placed_order_of(record));
  co_return retried;
}

}  // namespace cloudcart::analytics
