#pragma once

#include <cstdint>

namespace cloudcart::order::tables {

/// Positions of the log. Transactions get their numbers in one order and may commit in another, so that the next free
/// position is no good: an event could come up behind a reader. A position is made of the number of the transaction and
/// that of the event within it, and readers see nothing beyond the horizon: the number of the oldest transaction that
/// may still commit. So nothing ever comes up at or below a position that was read, and nobody waits for anybody.
///
/// PostgreSQL gives one row of numbers to all databases of a server: a writing transaction that stays open, whosever
/// it is, keeps what is written after it out of the log until it ends.
constexpr int bits_within_transaction = 20;
constexpr std::int64_t most_events_at_once = std::int64_t{1} << bits_within_transaction;

/// The position of the first event of the transaction that the statement belongs to.
#define CLOUDCART_FIRST_POSITION "((pg_current_xact_id()::text::bigint + (SELECT base FROM log_base)) << 20)"
/// Positions below it are settled, in the state that the statement sees.
#define CLOUDCART_LOG_HORIZON \
  "((pg_snapshot_xmin(pg_current_snapshot())::text::bigint + (SELECT base FROM log_base)) << 20)"

static_assert(bits_within_transaction == 20);

}  // namespace cloudcart::order::tables
