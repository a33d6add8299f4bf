#include "events/relay.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace cloudcart::events {
namespace {

constexpr seconds call_limit{10};
constexpr milliseconds longest_retry_delay{5'000};
/// How long a wait for news lasts at most before the stop flag and the lease are looked at.
constexpr milliseconds wait_slice{500};
constexpr milliseconds standby_interval{1'000};
constexpr seconds note_interval{30};
constexpr seconds count_interval{5};

/// MonotonicTime::min() means never.
bool is_due(MonotonicTime last, milliseconds interval) {
  return last == MonotonicTime::min() || Executor::current()->now() - last >= interval;
}

}  // namespace

Task<void> Relay::run(BackgroundLoops::StopFlag stop) {
  auto delay = options_.retry_delay;
  while (!stop.stopping()) {
    const auto began = Executor::current()->now();
    const auto ended = co_await follow(stop);
    if (ended) continue;
    note(ended.error());
    // Whatever was known may be of the past.
    held_ = false;
    checked_at_ = MonotonicTime::min();
    co_await count_behind();
    if (Executor::current()->now() - began > 2 * longest_retry_delay) delay = options_.retry_delay;
    co_await stop.sleep_for(delay);
    delay = std::min(2 * delay, longest_retry_delay);
  }
  if (held_) co_await progress_.release(holder_, limit(seconds{1}));
}

/// One term: from having the lease to losing it; or a moment of standing by.
Task<Status> Relay::follow(BackgroundLoops::StopFlag stop) {
  CLOUDCART_CO_TRY(const bool publishes, co_await take_over());
  if (publishes) co_return co_await publish_until_lost(stop);
  if (!held_) {
    well_ = true;
    co_await count_behind();
    co_await stop.sleep_for(standby_interval);
  }
  co_return Status{};
}

/// False when another publishes, or when all has to be published again.
Task<Result<bool>> Relay::take_over() {
  CLOUDCART_CO_CHECK(co_await keep());
  if (!held_) co_return false;
  CLOUDCART_CO_TRY(const bool is_there,
                   co_await publisher_.prepare(state_.mark, limit(options_.publish_limit)));
  checked_at_ = Executor::current()->now();
  if (is_there) co_return true;
  spdlog::warn(
      "What was published of the event log up to position {} is not there any more; all of it is published "
      "again.",
      state_.position);
  CLOUDCART_CO_CHECK(co_await progress_.start_over(limit(call_limit)));
  co_return false;
}

Task<Status> Relay::publish_until_lost(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping() && held_) {
    if (is_due(renewed_at_, options_.lease / 5)) {
      const auto edition = state_.edition;
      CLOUDCART_CO_CHECK(co_await keep());
      if (!held_ || state_.edition != edition) co_return Status{};
    }
    if (is_due(checked_at_, options_.check_interval)) co_return Status{};
    CLOUDCART_CO_TRY(const bool published, co_await publish_batch());
    well_ = true;
    if (published) continue;
    behind_ = 0;
    co_await log_.wait_beyond(state_.position, Executor::current()->now() + wait_slice);
  }
  co_return Status{};
}

Task<Result<bool>> Relay::publish_batch() {
  CLOUDCART_CO_TRY(auto records, co_await log_.read(state_.position, options_.batch, limit(call_limit)));
  if (records.empty()) co_return false;
  auto next = state_;
  std::vector<Publication> publications;
  publications.reserve(records.size());
  std::size_t lines = 0;
  for (auto& record : records) {
    const auto position = record.position;
    lines += record.event.lines.size();
    if (lines > options_.lines && !publications.empty()) break;
    publications.push_back({std::move(record), std::exchange(next.position, position)});
  }
  const auto count = publications.size();
  const bool is_all = records.size() < options_.batch && publications.size() == records.size();
  CLOUDCART_CO_TRY(next.mark,
                   co_await publisher_.publish(state_.mark, state_.edition, std::move(publications),
                                               limit(options_.publish_limit)));
  CLOUDCART_CO_TRY(held_, co_await progress_.advance(holder_, options_.lease, next, limit(call_limit)));
  if (!held_) co_return true;
  published_ += count;
  renewed_at_ = Executor::current()->now();
  state_ = std::move(next);
  if (is_all)
    behind_ = 0;
  else
    co_await count_behind();
  co_return true;
}

/// Takes or renews the lease.
Task<Status> Relay::keep() {
  CLOUDCART_CO_TRY(auto lease, co_await progress_.hold(holder_, options_.lease, limit(call_limit)));
  held_ = lease.held;
  state_ = std::move(lease.state);
  renewed_at_ = Executor::current()->now();
  co_return Status{};
}

/// Now and then: the positions do not tell how many lie between them.
Task<void> Relay::count_behind() {
  if (!is_due(counted_at_, count_interval)) co_return;
  counted_at_ = Executor::current()->now();
  if (const auto count = co_await log_.count_beyond(state_.position, limit(call_limit))) behind_ = *count;
}

void Relay::note(const Error& error) {
  well_ = false;
  if (!is_due(noted_at_, note_interval)) return;
  noted_at_ = Executor::current()->now();
  spdlog::warn("The event log cannot be published, trying again: {}", error.message);
}

}  // namespace cloudcart::events
