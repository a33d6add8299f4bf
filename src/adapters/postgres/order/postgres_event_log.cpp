#include "adapters/postgres/order/postgres_event_log.h"

#include <algorithm>
#include <iterator>

namespace cloudcart::order {

Task<Result<tables::ReadEvents>> PostgresEventLog::read_once(std::int64_t after, std::size_t limit,
                                                             Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables::select_log(after, limit),
                                                        {.from_replica = end_.is_far_beyond(after)}));
  co_return tables::read_events(rows);
}

Task<Result<std::vector<events::LogRecord>>> PostgresEventLog::read(std::int64_t after, std::size_t limit,
                                                                    Deadline deadline) {
  CLOUDCART_CO_TRY(auto read, co_await read_once(after, limit, deadline));
  auto& records = read.records;
  if (read.count_settled == records.size()) co_return std::move(records);

  // What had committed when it was asked for is worth a moment.
  const auto newest = records.back().position;
  CLOUDCART_CO_CHECK(co_await end_.reach(newest, deadline));
  records.resize(read.count_settled);
  const auto from = records.empty() ? after : records.back().position;
  CLOUDCART_CO_TRY(auto rest, co_await read_once(from, limit - records.size(), deadline));
  rest.records.resize(rest.count_settled);
  std::ranges::move(rest.records, std::back_inserter(records));
  co_return std::move(records);
}

Task<Result<std::int64_t>> PostgresEventLog::count_beyond(std::int64_t after, Deadline deadline) {
  // As far as it can be read at this moment, or in one.
  CLOUDCART_CO_TRY(const auto end, co_await end_.newest(deadline));
  if (end <= after) co_return 0;
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, tables::count_log(after, end, most_counted)));
  co_return rows[0].integer(0);
}

}  // namespace cloudcart::order
