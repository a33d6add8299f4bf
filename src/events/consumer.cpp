#include "events/consumer.h"

#include <spdlog/spdlog.h>

namespace cloudcart::events {
namespace {

constexpr seconds call_limit{30};
constexpr milliseconds longest_retry_delay{5000};
/// How long a wait for news lasts at most before the stop flag is looked at.
constexpr milliseconds wait_slice{500};

Deadline call_deadline() {
  return Executor::current()->now() + call_limit;
}

struct Progress {
  std::int64_t position = 0;  ///< after it
  std::size_t records = 0;    ///< that were applied; none: the end was reached
};

/// One read and apply. `group` outlives it.
Task<Result<Progress>> step(EventLog& log, Consumer& consumer, std::int64_t position,
                            const ConsumerOptions& options, std::string_view group = {}) {
  auto records = co_await log.read(position, options.batch, call_deadline());
  if (!records) co_return std::unexpected(std::move(records).error());
  if (records->empty()) co_return Progress{position, 0};
  const Progress done{records->back().position, records->size()};
  EventSpans spans(options.tracing, {SpanKind::consumer, "process", group}, records->size());
  if (options.tracing.tracer)
    for (const auto& record : *records) spans.add(record.event);
  auto applied = co_await within(spans.work(), consumer.apply(*std::move(records), call_deadline()));
  if (!applied) {
    spans.fail(applied.error().code);
    co_return std::unexpected(std::move(applied).error());
  }
  co_return done;
}

Task<Result<std::int64_t>> follow(std::string_view name, EventLog& log, Consumer& consumer,
                                  const BackgroundLoops::StopFlag& stop, const ConsumerOptions& options) {
  auto start = co_await consumer.position(call_deadline());
  if (!start) co_return start;
  std::int64_t position = *start;
  while (!stop.stopping()) {
    const auto began = Executor::current()->now();
    auto done = co_await step(log, consumer, position, options, name);
    if (!done) co_return std::unexpected(std::move(done).error());
    position = done->position;
    if (done->records == 0) {
      co_await log.wait_beyond(position, Executor::current()->now() + wait_slice);
    } else if (done->records < options.batch) {
      const auto rest = began + options.pace - Executor::current()->now();
      if (rest > MonotonicTime::duration::zero())
        co_await stop.sleep_for(std::chrono::ceil<milliseconds>(rest));
    }
  }
  co_return position;
}

}  // namespace

Task<void> consume(std::string name, EventLog& log, Consumer& consumer, BackgroundLoops::StopFlag stop,
                   ConsumerOptions options) {
  milliseconds delay = options.retry_delay;
  while (!stop.stopping()) {
    // After an error the position is asked again: an apply whose answer was lost may have been stored.
    const auto before = Executor::current()->now();
    auto ended = co_await follow(name, log, consumer, stop, options);
    if (ended) co_return;
    if (Executor::current()->now() - before > 2 * longest_retry_delay) delay = options.retry_delay;
    spdlog::warn("{} cannot follow the event log, trying again in {} ms: {}", name, delay.count(),
                 ended.error().message);
    co_await stop.sleep_for(delay);
    delay = std::min(delay * 2, longest_retry_delay);
  }
}

Task<Status> catch_up(EventLog& log, Consumer& consumer, ConsumerOptions options) {
  auto position = co_await consumer.position(call_deadline());
  if (!position) co_return std::unexpected(std::move(position).error());
  for (;;) {
    const auto done = co_await step(log, consumer, *position, options);
    if (!done) co_return std::unexpected(done.error());
    if (done->records == 0) co_return Status{};
    position = done->position;
  }
}

}  // namespace cloudcart::events
