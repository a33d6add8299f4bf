#include "adapters/http/order/http_event_log.h"

#include <algorithm>
#include <limits>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "core/json_reader.h"
#include "runtime/executor.h"

namespace cloudcart::order {
namespace {

/// The route's own bounds.
constexpr std::size_t most_records = 1000;
constexpr milliseconds longest_poll{5000};

constexpr seconds time_to_answer{5};
constexpr milliseconds pause_after_failure{200};

std::unexpected<Error> not_understood() {
  return fail(ErrorCode::unavailable, "The answer of the order service's event log is not understood.");
}

Result<events::LogRecord> read_record(const boost::json::value& value) {
  FieldReader fields(value);
  const auto position = fields.integer("position", 1, std::numeric_limits<std::int64_t>::max());
  if (!fields.ok() || !fields.has("event")) return not_understood();
  CLOUDCART_TRY(auto event, events::parse_order_event(boost::json::serialize(value.at("event"))));
  return events::LogRecord{position, std::move(event)};
}

Result<std::vector<events::LogRecord>> read_records(const boost::json::value& data) {
  FieldReader fields(data);
  const auto* entries = fields.array("records", 0, most_records);
  if (!entries) return not_understood();
  std::vector<events::LogRecord> records;
  for (const auto& entry : *entries) {
    auto record = read_record(entry);
    if (!record) return not_understood();
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace

Task<Result<std::vector<events::LogRecord>>> HttpEventLog::read(std::int64_t after, std::size_t limit,
                                                                Deadline deadline) {
  auto target = fmt::format("/internal/events?after={}&limit={}", after, std::min(limit, most_records));
  const auto data = co_await service_.get({}, std::move(target), deadline);
  if (!data) co_return fail(http::ServiceCaller::for_caller(data.error(), {}));
  co_return read_records(*data);
}

Task<Result<std::int64_t>> HttpEventLog::end_position(Deadline deadline) {
  return end_beyond(0, milliseconds{0}, deadline);
}

Task<Result<std::int64_t>> HttpEventLog::count_beyond(std::int64_t after, Deadline deadline) {
  return number_of("count", fmt::format("/internal/events/count?after={}", after), deadline);
}

Task<Result<std::int64_t>> HttpEventLog::end_beyond(std::int64_t after, milliseconds wait,
                                                    Deadline deadline) {
  auto target = fmt::format("/internal/events?after={}&limit=0&wait_ms={}", after, wait.count());
  return number_of("end", std::move(target), deadline);
}

Task<Result<std::int64_t>> HttpEventLog::number_of(std::string_view field, std::string target,
                                                   Deadline deadline) {
  const auto data = co_await service_.get({}, std::move(target), deadline);
  if (!data) co_return fail(http::ServiceCaller::for_caller(data.error(), {}));
  FieldReader fields(*data);
  const auto number = fields.integer(field, 0, std::numeric_limits<std::int64_t>::max());
  if (!fields.ok()) co_return not_understood();
  co_return number;
}

Task<bool> HttpEventLog::wait_beyond(std::int64_t after, MonotonicTime until) {
  for (;;) {
    const auto now = Executor::current()->now();
    const auto left = std::chrono::duration_cast<milliseconds>(until - now);
    const auto wait = std::clamp(left, milliseconds{0}, longest_poll);
    const auto end = co_await end_beyond(after, wait, now + wait + time_to_answer);
    if (end && *end > after) co_return true;
    if (Executor::current()->now() >= until) co_return false;
    if (!end) co_await sleep_until(std::min(until, Executor::current()->now() + pause_after_failure));
  }
}

}  // namespace cloudcart::order
