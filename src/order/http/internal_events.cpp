#include "order/http/internal_events.h"

#include <algorithm>
#include <limits>

#include "http/query_reader.h"
#include "runtime/executor.h"

namespace cloudcart::order {
namespace {

constexpr std::int64_t most_records = 1000;
constexpr std::int64_t longest_wait_ms = 5000;
constexpr std::size_t most_bytes = 4 << 20;
/// What is left of the request's time for reading, after the wait.
constexpr milliseconds time_to_read{1000};

}  // namespace

Task<Result<http::Response>> answer_internal_events(events::EventLog& log, http::Request& request) {
  http::QueryReader query(request);
  const auto after = query.integer("after", 0, 0, std::numeric_limits<std::int64_t>::max());
  const auto limit = query.integer("limit", 100, 0, most_records);
  const milliseconds wait{query.integer("wait_ms", 0, 0, longest_wait_ms)};
  CLOUDCART_CO_CHECK(query.finish());

  const auto deadline = request.caller.deadline;
  if (wait > milliseconds{0})
    co_await log.wait_beyond(after, std::min(Executor::current()->now() + wait, deadline - time_to_read));
  // The end first: every record that is read now may lie beyond it, and none that it promises can be missing.
  CLOUDCART_CO_TRY(const auto end, co_await log.end_position(deadline));
  std::vector<events::LogRecord> records;
  if (limit > 0) {
    CLOUDCART_CO_TRY(records, co_await log.read(after, static_cast<std::size_t>(limit), deadline));
  }

  JsonWriter json;
  json.begin_object().key("records").begin_array();
  for (const auto& [position, event] : records) {
    json.begin_object().field("position", position).key("event").raw(events::to_json(event)).end_object();
    if (json.str().size() > most_bytes) break;
  }
  json.end_array().field("end", end).end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<http::Response>> answer_internal_event_count(events::EventLog& log, http::Request& request) {
  http::QueryReader query(request);
  const auto after = query.integer("after", 0, 0, std::numeric_limits<std::int64_t>::max());
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto count, co_await log.count_beyond(after, request.caller.deadline));
  JsonWriter json;
  json.begin_object().field("count", count).end_object();
  co_return http::data_response(200, std::move(json));
}

}  // namespace cloudcart::order
