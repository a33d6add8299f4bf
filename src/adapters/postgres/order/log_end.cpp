#include "adapters/postgres/order/log_end.h"

#include <algorithm>
#include <stdexcept>

#include "adapters/postgres/order/log_position.h"

namespace cloudcart::order {
namespace {

/// How often other processes' commits are looked for while someone waits.
constexpr milliseconds look_interval{20};
constexpr milliseconds first_pause{1}, longest_pause{16};
constexpr seconds start_limit{10};

/// Of a log that was written with higher numbers than the server has given out. The row's lock makes processes that
/// start together do it one after the other.
constexpr std::string_view raise_base =
    "UPDATE log_base SET base = highest.number + 1 - present.number"
    " FROM (SELECT coalesce(max(position), 0) >> 20 AS number FROM order_event) AS highest,"
    " (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS number) AS present"
    " WHERE present.number + base <= highest.number";

}  // namespace

LogEnd::LogEnd(postgres::Store& store, milliseconds longest_settling)
    : store_(store), longest_settling_(longest_settling) {
  const auto raised = sync_wait(store_.write(std::chrono::steady_clock::now() + start_limit,
                                             [](postgres::Session& session) -> Task<Status> {
                                               co_await session.commit({postgres::query(raise_base)});
                                               co_return Status{};
                                             }));
  if (!raised) throw std::runtime_error("The event log cannot be opened: " + raised.error().message);
}

Task<Result<LogEnd::Seen>> LogEnd::look(Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(deadline,
                          postgres::query("SELECT coalesce((SELECT max(position) FROM order_event), 0),"
                                          " coalesce((SELECT max(position) FROM order_event"
                                          " WHERE position < " CLOUDCART_LOG_HORIZON "), 0)")));
  const Seen seen{rows[0].integer(0), rows[0].integer(1)};
  const std::scoped_lock lock(mutex_);
  readable_ = std::max(readable_, seen.readable);
  co_return seen;
}

Task<Result<std::int64_t>> LogEnd::newest(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto seen, co_await look(deadline));
  if (seen.readable == seen.committed) co_return seen.readable;
  co_return co_await reach(seen.committed, deadline);
}

Task<Result<std::int64_t>> LogEnd::reach(std::int64_t position, Deadline deadline) {
  auto& executor = *Executor::current();
  const auto limit = std::min(deadline, executor.now() + longest_settling_);
  for (auto pause = first_pause;; pause = std::min(2 * pause, longest_pause)) {
    CLOUDCART_CO_TRY(const auto seen, co_await look(deadline));
    if (seen.readable >= position || executor.now() + pause >= limit) co_return seen.readable;
    co_await sleep_until(executor.now() + pause);
  }
}

std::int64_t LogEnd::readable() const {
  const std::scoped_lock lock(mutex_);
  return readable_;
}

bool LogEnd::is_far_beyond(std::int64_t after) const {
  constexpr std::int64_t many_transactions = 1'000;
  return readable() - after > many_transactions << tables::bits_within_transaction;
}

Task<bool> LogEnd::wait_beyond(std::int64_t after, MonotonicTime until) {
  const auto& executor = *Executor::current();
  for (;;) {
    if (readable() > after) co_return true;
    const auto announced = committed_.ticket();
    // Where the end cannot be read there is nothing to tell; another look or `until` ends the wait.
    co_await look_together(announced, until);
    if (readable() > after) co_return true;
    const auto now = executor.now();
    if (now >= until) co_return false;
    co_await committed_.wait(announced, std::min(until, now + look_interval));
  }
}

Task<void> LogEnd::look_together(Notifier::Ticket announced, MonotonicTime until) {
  const auto& executor = *Executor::current();
  for (;;) {
    Notifier::Ticket ended;
    {
      const std::scoped_lock lock(mutex_);
      const bool saw_all = look_saw_ >= announced;
      if (!looking_ && saw_all && executor.now() < look_began_ + look_interval) co_return;
      if (!looking_) {
        looking_ = true;
        look_saw_ = announced;
        look_began_ = executor.now();
        break;
      }
      ended = looked_.ticket();
    }
    if (!co_await looked_.wait(ended, until)) co_return;
  }
  co_await look(until);
  {
    const std::scoped_lock lock(mutex_);
    looking_ = false;
  }
  looked_.notify_all();
}

}  // namespace cloudcart::order
