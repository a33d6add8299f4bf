#include "analytics/app/rebuild_analytics.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

/// Small enough that orders which come in meanwhile hardly wait for the writer.
constexpr std::size_t read_batch = 1000;
constexpr seconds call_limit{30};
constexpr seconds retry_delay{1};
/// Between two looks whether both states stand at one position.
constexpr milliseconds switch_pause{5};
constexpr milliseconds wait_slice{500};

Deadline call_deadline() {
  return Executor::current()->now() + call_limit;
}

}  // namespace

bool RebuildAnalytics::request() {
  {
    const std::scoped_lock lock(mutex_);
    if (progress_.phase == Phase::running) return false;
    progress_ = {.phase = Phase::running, .started_at = clock_.now()};
  }
  requested_.notify_all();
  return true;
}

RebuildAnalytics::Progress RebuildAnalytics::progress() const {
  const std::scoped_lock lock(mutex_);
  return progress_;
}

void RebuildAnalytics::note(std::int64_t position, std::int64_t end) {
  const std::scoped_lock lock(mutex_);
  progress_.position = position;
  progress_.end = std::max(position, end);
  progress_.trouble.clear();
}

void RebuildAnalytics::note_trouble(std::string trouble) {
  const std::scoped_lock lock(mutex_);
  progress_.trouble = std::move(trouble);
}

Task<void> RebuildAnalytics::run(BackgroundLoops::StopFlag stop) {
  co_await clear_away(stop);
  while (!stop.stopping()) {
    const auto ticket = requested_.ticket();
    if (progress().phase == Phase::running)
      co_await rebuild_until_done(stop);
    else
      co_await requested_.wait(ticket, Executor::current()->now() + wait_slice);
  }
}

Task<void> RebuildAnalytics::rebuild_until_done(BackgroundLoops::StopFlag stop) {
  const auto rebuilt = co_await rebuild(stop);
  if (!rebuilt) {
    spdlog::warn("analytics cannot be rebuilt, trying again in {} s: {}", retry_delay.count(),
                 rebuilt.error().message);
    note_trouble(rebuilt.error().message);
    co_await clear_away(stop);
    co_await stop.sleep_for(retry_delay);
    co_return;
  }
  if (stop.stopping()) co_return;
  // First: who reads that it is done, asks anew, and must not get what was kept before.
  feed_.publish_amendment();
  {
    const std::scoped_lock lock(mutex_);
    progress_.phase = Phase::done;
    progress_.finished_at = clock_.now();
  }
  spdlog::info("analytics was rebuilt from the log");
  co_await clear_away(stop);
}

Task<Status> RebuildAnalytics::rebuild(BackgroundLoops::StopFlag stop) {
  note(0, 0);
  CLOUDCART_CO_CHECK(co_await rebuild_.begin_rebuild(call_deadline()));
  while (!stop.stopping()) {
    CLOUDCART_CO_TRY(const bool switched, co_await step());
    if (switched) break;
  }
  co_return Status{};
}

/// Where the two states have to meet, never beyond what the old one has applied. Where the new one may be ahead it had better
/// be: while orders come all the time, and to store some takes both as long, it would always come too late otherwise.
Task<Result<bool>> RebuildAnalytics::step() {
  CLOUDCART_CO_TRY(const auto end, co_await store_.position(call_deadline()));
  auto position = progress().position;
  CLOUDCART_CO_TRY(auto records, co_await log_.read(position, read_batch, call_deadline()));
  if (!rebuild_.may_be_ahead())
    std::erase_if(records, [end](const events::LogRecord& record) { return record.position > end; });
  if (!records.empty()) {
    CLOUDCART_CO_TRY(position, co_await rebuild_.apply_to_rebuild(std::move(records), call_deadline()));
    note(position, end);
    if (position < end) co_return false;
  }
  CLOUDCART_CO_TRY(const bool switched, co_await rebuild_.switch_over(call_deadline()));
  if (!switched) co_await sleep_until(Executor::current()->now() + switch_pause);
  co_return switched;
}

Task<void> RebuildAnalytics::clear_away(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    const auto more = co_await rebuild_.remove_remains(call_deadline());
    if (!more)
      spdlog::warn("what an earlier state of analytics left cannot be removed: {}", more.error().message);
    if (!more || !*more) co_return;
  }
}

}  // namespace cloudcart::analytics
