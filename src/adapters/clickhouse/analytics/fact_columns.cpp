#include "adapters/clickhouse/analytics/fact_columns.h"

#include <mutex>

#include <spdlog/spdlog.h>

namespace cloudcart::analytics {
namespace {

constexpr std::size_t rows_at_once = 25'000;
constexpr seconds look_interval{1};
constexpr int most_failures = 10;
/// Of one statement, so that a server that hangs does not keep the process from stopping.
constexpr seconds read_limit{5};

Error broken_rows() {
  return {ErrorCode::unavailable, "ClickHouse sent an answer that cannot be read.", {}};
}

}  // namespace

std::size_t FactColumns::Memory::bytes() const {
  std::size_t bytes = 0;
  for (const auto& [tenant, shop] : shops) bytes += shop->bytes();
  return bytes;
}

FactColumns::FactColumns(clickhouse::Store& store, Generations& generations, OffloadPool& readers,
                         Options options)
    : store_(store),
      generations_(generations),
      readers_(readers),
      options_(std::move(options)),
      turn_(store.executor(), 1, 10'000) {
  if (options_.max_bytes == 0) return;
  background_.start("clickhouse columns", store.executor(),
                    [this](BackgroundLoops::StopFlag stop) { return follow(stop); });
}

FactColumns::~FactColumns() {
  stopping_ = true;
  background_.request_stop();
  far_behind_.notify_all();
  background_.join();
}

std::size_t FactColumns::bytes() const {
  return bytes_;
}

/// A letter that was added up changes the past: what was made without it cannot go on.
bool FactColumns::continues_to(const Generations::State& state) const {
  return memory_ && memory_->generation == state.asked &&
         memory_->settled_letters >= state.of_asked().settled_letters;
}

bool FactColumns::is_as_far_as(const Generations::State& state) const {
  return continues_to(state) && memory_->position >= state.of_asked().position;
}

std::int64_t FactColumns::distance_to(const Generations::State& state) const {
  const std::shared_lock lock(mutex_);
  if (is_as_far_as(state)) return 0;
  return state.of_asked().position - (continues_to(state) ? memory_->position : 0);
}

Task<Result<bool>> FactColumns::reach(const Generations::State& state, Deadline deadline) {
  if (options_.max_bytes == 0 || outgrown_ == state.asked) co_return false;
  const auto distance = distance_to(state);
  if (distance == 0) co_return true;
  if (distance > options_.short_distance) {
    far_behind_.notify_all();
    co_return false;
  }
  const auto pass = co_await turn_.enter(std::min(deadline, store_.executor().now() + read_limit));
  if (!pass) co_return false;
  if (distance_to(state) > 0) CLOUDCART_CO_CHECK(co_await catch_up(state, deadline));
  co_return distance_to(state) == 0;
}

/// In turn. Afterwards the columns are as far as the state, or are none.
Task<Status> FactColumns::catch_up(Generations::State state, Deadline deadline) {
  if (outgrown_ == state.asked) co_return Status{};
  std::unique_ptr<Memory> fresh;
  if (!continues_to(state)) {
    fresh = std::make_unique<Memory>();
    fresh->generation = state.asked;
    fresh->settled_letters = state.of_asked().settled_letters;
  }
  auto& memory = fresh ? *fresh : *memory_;
  CLOUDCART_CO_CHECK(co_await read_up_to(memory, !fresh, state.of_asked().position, deadline));
  // Of a generation that was switched from meanwhile rows may have been dropped already.
  CLOUDCART_CO_TRY(const auto after,
                   co_await generations_.read(std::min(deadline, store_.executor().now() + read_limit)));
  const bool is_whole = after.asked == memory.generation;
  const auto bytes = memory.bytes();
  const bool is_too_large = bytes > options_.max_bytes;
  if (is_too_large) outgrow(memory.generation);
  std::unique_ptr<Memory> old;  // let go of after the lock
  const std::scoped_lock lock(mutex_);
  if (!is_whole || is_too_large)
    old = std::exchange(memory_, nullptr);
  else if (fresh)
    old = std::exchange(memory_, std::move(fresh));
  bytes_ = memory_ ? bytes : 0;
  co_return Status{};
}

void FactColumns::outgrow(std::uint64_t generation) {
  outgrown_ = generation;
  spdlog::warn(
      "Analytics has outgrown clickhouse.memory_bytes ({}): ClickHouse itself answers from now on, and "
      "slower.",
      options_.max_bytes);
}

Task<Status> FactColumns::read_up_to(Memory& memory, bool is_asked, std::int64_t position,
                                     Deadline deadline) {
  int failures = 0;  // in a row
  while (memory.position < position && memory.bytes() <= options_.max_bytes) {
    if (stopping_) co_return fail(ErrorCode::unavailable, "Analytics is being stopped.");
    const LogStretch stretch{memory.position, position};
    const auto until = std::min(deadline, store_.executor().now() + read_limit);
    auto rows = co_await ask_logged_events(store_, memory.generation, stretch, rows_at_once, until);
    if (!rows && deadline == Deadline::max() && ++failures < most_failures) {
      // In the background, where what has been read so far is worth a pause.
      co_await sleep_until(store_.executor().now() + look_interval);
      continue;
    }
    if (!rows) co_return std::unexpected(std::move(rows).error());
    failures = 0;
    CLOUDCART_CO_CHECK(co_await readers_.run(Deadline::max(), [&]() -> Status {
      const auto records = read_logged_events(*rows, stretch);
      if (!records) return std::unexpected(broken_rows());
      std::unique_lock lock(mutex_, std::defer_lock);
      if (is_asked) lock.lock();
      take_in(memory, *records);
      if (records->size() < rows_at_once) memory.position = position;
      return {};
    }));
  }
  co_return Status{};
}

void FactColumns::take_in(Memory& memory, const std::vector<events::LogRecord>& records) {
  for (const auto& [position, event] : records) {
    // The same again, until it is merged.
    if (position <= memory.position) continue;
    auto& shop = memory.shops[event.tenant];
    if (!shop) shop = std::make_unique<EventReplay>(options_.days);
    shop->take_in(event);
    memory.position = position;
  }
}

/// Keeps near to what is stored, also when nobody asks, so that questions find little to wait for.
Task<void> FactColumns::follow(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    const auto ticket = far_behind_.ticket();
    const auto until = store_.executor().now() + read_limit;
    auto state = co_await generations_.read(until);
    if (state && distance_to(*state) > 0) {
      if (const auto pass = co_await turn_.enter(until)) {
        const auto done = co_await catch_up(*std::move(state), Deadline::max());
        if (!done && !stop.stopping())
          spdlog::debug("The columns of analytics are not read: {}", done.error().message);
      }
    }
    co_await far_behind_.wait(ticket, store_.executor().now() + look_interval);
  }
}

}  // namespace cloudcart::analytics
