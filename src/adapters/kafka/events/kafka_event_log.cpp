#include "adapters/kafka/events/kafka_event_log.h"

#include <algorithm>
#include <atomic>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "adapters/kafka/events/cursor.h"
#include "adapters/kafka/events/topic_names.h"
#include "runtime/notifier.h"
#include "runtime/offload_pool.h"

namespace cloudcart::kafka {
namespace {

constexpr std::size_t waiting_bound = 1'000;
/// How long a look into the topics may take.
constexpr seconds longest_read{3};
constexpr seconds retry_interval{1};
constexpr seconds idle_limit{60};
constexpr milliseconds look_interval{1'000};
/// Arrivals that nobody was told of cannot be; this is for what arrives while it is being looked at.
constexpr seconds longest_quiet{1};

/// What is thrown below, as an error.
template <class F, class R = std::invoke_result_t<F>>
Result<R> attempt(F work) {
  try {
    return work();
  } catch (const Missing& missing) {
    return fail(ErrorCode::unavailable, missing.what());
  } catch (const Failure& failure) {
    return fail(ErrorCode::unavailable, fmt::format("Kafka does not answer: {}.", failure.what()));
  }
}

}  // namespace

struct KafkaEventLog::Impl {
  struct Opened {
    std::unique_ptr<Cursor> cursor;
    MonotonicTime used_at;
  };

  explicit Impl(EventLogOptions o)
      : options(std::move(o)),
        observer(options.brokers, order_topics_of(options.topic_prefix)),
        finder(options.brokers, order_topics_of(options.topic_prefix)),
        letters(options.brokers, options.topic_prefix) {}

  CursorOptions cursor_options() const {
    return {.consumer = {.brokers = options.brokers},
            .window = options.window,
            .settling = options.settling,
            .patience = options.patience};
  }
  static MonotonicTime limit(MonotonicTime deadline) { return std::min(deadline, now() + longest_read); }

  /// Of several that can read on from there, the one that is furthest: readers come together and share it.
  Opened* find(std::int64_t after) {
    Opened* best = nullptr;
    for (auto& opened : cursors)
      if (opened.cursor->covers(after) && (!best || best->cursor->position() < opened.cursor->position()))
        best = &opened;
    if (best) best->used_at = now();
    return best;
  }
  /// Those who wait behind one who has tried in vain need not try as long.
  std::unique_ptr<Cursor> open(std::int64_t after, MonotonicTime until) {
    if (failure && now() < failed_until) throw Failure(*failure);
    try {
      failure.reset();
      return std::make_unique<Cursor>(
          cursor_options(), finder, letters, after, [this] { arrived.notify_all(); }, until);
    } catch (const Failure& caught) {
      failure = caught.code();
      failed_until = now() + retry_interval;
      throw;
    }
  }
  Cursor& cursor_at(std::int64_t after, MonotonicTime until) {
    std::erase_if(cursors, [](const auto& opened) { return now() - opened.used_at > idle_limit; });
    if (auto* opened = find(after)) return *opened->cursor;
    auto made = open(after, until);
    if (cursors.size() >= options.cursors)
      cursors.erase(std::ranges::min_element(cursors, {}, &Opened::used_at));
    cursors.push_back({std::move(made), now()});
    return *cursors.back().cursor;
  }
  std::vector<events::LogRecord> read(std::int64_t after, std::size_t wanted, MonotonicTime until) {
    auto& cursor = cursor_at(after, until);
    cursor.read_on(after, wanted, until);
    auto records = cursor.take(after, wanted);
    letters.bring(until);
    return records;
  }

  const EventLogOptions options;
  Notifier arrived;
  std::atomic<bool> reachable{true};

  // Of the thread `looking`.
  Finder observer;

  // Of the thread `reading`.
  Finder finder;
  DeadLetters letters;
  std::vector<Opened> cursors;
  std::optional<rd_kafka_resp_err_t> failure;  ///< of opening a cursor
  MonotonicTime failed_until = MonotonicTime::min();

  OffloadPool looking{"kafka-look", 1, waiting_bound};
  OffloadPool reading{"kafka-read", 1, waiting_bound};
};

KafkaEventLog::KafkaEventLog(EventLogOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
KafkaEventLog::~KafkaEventLog() = default;

Task<Result<std::vector<events::LogRecord>>> KafkaEventLog::read(std::int64_t after, std::size_t limit,
                                                                 Deadline deadline) {
  const auto wanted = std::min(limit, impl_->options.window / 2);
  co_return co_await impl_->reading.run(deadline, [impl = impl_.get(), after, wanted, deadline] {
    return attempt([&] { return impl->read(after, wanted, Impl::limit(deadline)); });
  });
}

Task<Result<std::int64_t>> KafkaEventLog::end_position(Deadline deadline) {
  co_return co_await impl_->looking.run(deadline, [impl = impl_.get(), deadline] {
    return attempt([&] { return impl->observer.newest(Impl::limit(deadline)); });
  });
}

Task<bool> KafkaEventLog::wait_beyond(std::int64_t after, MonotonicTime until) {
  const auto& executor = *Executor::current();
  for (;;) {
    const auto ticket = impl_->arrived.ticket();
    const auto next = co_await read(after, 1, std::max(until, executor.now() + longest_read));
    if (next && !next->empty()) co_return true;
    if (executor.now() >= until) co_return false;
    co_await impl_->arrived.wait(ticket, std::min(until, executor.now() + longest_quiet));
  }
}

Task<Result<std::int64_t>> KafkaEventLog::count_beyond(std::int64_t after, Deadline deadline) {
  co_return co_await impl_->reading.run(deadline, [impl = impl_.get(), after, deadline] {
    return attempt([&] {
      const auto until = Impl::limit(deadline);
      return impl->cursor_at(after, until).count_beyond(after, until);
    });
  });
}

Task<void> KafkaEventLog::watch(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    const auto asked = co_await impl_->looking.run(now() + longest_read, [impl = impl_.get()] {
      return attempt([&] {
        impl->observer.ask(now() + look_interval);
        return true;
      });
    });
    if (asked.has_value() != impl_->reachable.exchange(asked.has_value()))
      spdlog::warn("{}", asked ? "Kafka answers again." : asked.error().message);
    co_await stop.sleep_for(look_interval);
  }
}

bool KafkaEventLog::is_reachable() const {
  return impl_->reachable.load();
}

std::uint64_t KafkaEventLog::dead_letters() const {
  return impl_->letters.added();
}

}  // namespace cloudcart::kafka
