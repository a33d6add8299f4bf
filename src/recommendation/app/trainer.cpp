#include "recommendation/app/trainer.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "core/words.h"
#include "runtime/parallel.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::size_t read_batch = 5000;
constexpr seconds read_limit{30};
constexpr milliseconds first_retry_delay{200};
constexpr milliseconds longest_retry_delay{5000};
/// How long a wait for requests lasts at most before the stop flag is looked at.
constexpr milliseconds wait_slice{500};

/// Comes out of work on the pool that ended early, and no further than the pool.
struct Stopping {};

}  // namespace

std::string_view to_string(Trainer::Phase phase) {
  constexpr std::array<std::string_view, 4> words{"waiting", "reading", "counting", "learning"};
  return word_of(words, phase);
}

Trainer::Started Trainer::request() {
  const auto now = clock_.now();
  {
    const std::scoped_lock lock(mutex_);
    if (progress_) return {.at = progress_->started_at, .by_this_call = false};
    progress_ = {.started_at = now};
  }
  requested_.notify_all();
  return {.at = now, .by_this_call = true};
}

Task<void> Trainer::run(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    const auto ticket = requested_.ticket();
    if (is_requested())
      co_await train_until_done(stop);
    else if (const auto what = due())
      co_await refresh(*what, stop);
    else
      co_await requested_.wait(ticket, Executor::current()->now() + wait_slice);
  }
}

Task<void> Trainer::train_until_done(BackgroundLoops::StopFlag stop) {
  auto delay = first_retry_delay;
  while (!stop.stopping()) {
    const auto trained = co_await train(stop);
    if (trained) {
      finish_request();
      co_return;
    }
    spdlog::warn("the recommendation model cannot be trained, trying again in {} ms: {}", delay.count(),
                 trained.error().message);
    co_await stop.sleep_for(delay);
    delay = std::min(delay * 2, longest_retry_delay);
  }
}

Task<Status> Trainer::train(BackgroundLoops::StopFlag stop) {
  const auto began = clock_.monotonic_now();
  OrderBooks books;
  LogEnd end;
  std::map<TenantId, Lessons> lessons;
  if (std::exchange(first_, false)) {
    if (auto snapshot = co_await load()) {
      end = {snapshot->position, snapshot->last_event};
      models_.note_restored(snapshot->version, clock_.now());
      for (auto& [tenant, kept] : snapshot->models) {
        lessons.emplace(tenant, kept.lessons);
        books.emplace(tenant, std::move(kept.book));
      }
    }
  }
  CLOUDCART_CO_TRY(end, co_await read_all(books, end, stop));
  enter(Phase::counting);
  std::shared_ptr<ModelSet> fresh;
  CLOUDCART_CO_CHECK(co_await in_pool([&] {
    fresh = std::make_shared<ModelSet>(std::move(books), options_, crew(stop));
    fresh->adopt(lessons);
  }));
  const auto needed = models_.prepare(fresh);
  CLOUDCART_CO_TRY(const auto reached, co_await catch_up(*fresh, end, needed));
  const auto took = std::chrono::ceil<milliseconds>(clock_.monotonic_now() - began);
  auto replaced = models_.promote(reached, clock_.now(), took);
  spdlog::info("trained the recommendation models in {} ms", took.count());
  // Freeing a large model takes long enough to be kept off the loop; where the pool is full it is done here.
  (void)co_await in_pool([&] { replaced.reset(); });
  enter(Phase::learning);
  co_await refresh(lessons.empty() ? Model::Refresh::regressions_and_weights : Model::Refresh::regressions,
                   stop);
  co_return Status{};
}

Task<void> Trainer::refresh(Model::Refresh what, BackgroundLoops::StopFlag stop) {
  const auto began = clock_.monotonic_now();
  const auto changes = models_.changes();
  const auto done = co_await in_pool([&] {
    models_.refresh(what, crew(stop));
    give_back_memory();
  });
  if (!done) co_return;
  const auto ended = clock_.monotonic_now();
  const auto took = std::chrono::ceil<milliseconds>(ended - began);
  models_.note_refresh(clock_.now(), took);
  refreshed_changes_ = changes;
  if (what == Model::Refresh::regressions_and_weights) learnt_changes_ = changes;
  plan_next(what, ended, took);
  spdlog::info("refreshed the recommendation models in {} ms", took.count());
  if (ended >= next_save_ && models_.applied_position() > 0) (void)co_await save();
}

void Trainer::plan_next(Model::Refresh done, MonotonicTime ended, milliseconds took) {
  next_refresh_ = ended + std::max<milliseconds>(policy_.shortest_pause, policy_.pause_per_work * took);
  const bool is_planned = next_settling_ != MonotonicTime::max();
  // In between regressions alone are refreshed more often, which would put it off for ever.
  if (done != Model::Refresh::regressions_and_weights && is_planned) return;
  if (policy_.settling_per_work > 0)
    next_settling_ = ended + std::max<milliseconds>(policy_.shortest_pause, policy_.settling_per_work * took);
}

Task<Result<bool>> Trainer::save_now() {
  if (!models_.training() || models_.applied_position() == 0) co_return false;
  CLOUDCART_CO_CHECK(co_await save());
  co_return true;
}

Task<Status> Trainer::save() {
  std::string bytes;
  auto done = co_await in_pool([&] { bytes = models_.snapshot().finish(); });
  if (done) done = co_await snapshots_.save(std::move(bytes), MonotonicTime::max());
  if (done)
    models_.note_saved(clock_.now());
  else
    spdlog::warn("the snapshot of the recommendation models was not saved: {}", done.error().message);
  next_save_ = clock_.monotonic_now() + policy_.between_snapshots;
  co_return done;
}

Task<std::optional<ModelSnapshot>> Trainer::load() {
  const auto bytes = co_await snapshots_.load(MonotonicTime::max());
  if (bytes && !*bytes) co_return std::nullopt;
  Result<ModelSnapshot> snapshot = fail(ErrorCode::unavailable, "it cannot be read");
  if (!bytes) {
    snapshot = std::unexpected(bytes.error());
  } else if (const auto parsed = co_await in_pool([&] { snapshot = read_snapshot(**bytes); }); !parsed) {
    snapshot = std::unexpected(parsed.error());
  }
  if (snapshot) {
    const bool is_own = co_await is_of_this_log(*snapshot);
    if (is_own) co_return *std::move(snapshot);
    snapshot = fail(ErrorCode::validation_failed, "it is of another event log");
  }
  spdlog::warn("the snapshot of the recommendation models is not used, they are built from the whole log: {}",
               snapshot.error().message);
  co_return std::nullopt;
}

Task<bool> Trainer::is_of_this_log(const ModelSnapshot& snapshot) {
  const auto records = co_await log_.read(snapshot.position - 1, 1, Executor::current()->now() + read_limit);
  co_return records && !records->empty() && records->front().position == snapshot.position &&
      records->front().event.event_id == snapshot.last_event;
}

std::optional<Model::Refresh> Trainer::due() const {
  if (clock_.monotonic_now() < next_refresh_) return std::nullopt;
  const auto changes = models_.changes();
  const auto orders = static_cast<double>(models_.orders());
  const auto enough = [&](std::uint64_t since, double share) {
    const auto news = changes - since;
    return news >= policy_.fewest_changes && static_cast<double>(news) >= share * orders;
  };
  if (enough(learnt_changes_.value_or(0), policy_.weights_after))
    return Model::Refresh::regressions_and_weights;
  if (clock_.monotonic_now() >= next_settling_ && learnt_changes_ != changes)
    return Model::Refresh::regressions_and_weights;
  if (enough(refreshed_changes_, policy_.regressions_after)) return Model::Refresh::regressions;
  return std::nullopt;
}

Crew Trainer::crew(BackgroundLoops::StopFlag stop) const {
  const auto threads = policy_.threads ? policy_.threads : hardware_threads();
  return [threads, stop](const std::function<void()>& work) {
    run_in_background(threads, work);
    if (stop.stopping()) throw Stopping{};
  };
}

Task<Result<LogEnd>> Trainer::read_all(OrderBooks& books, LogEnd from, BackgroundLoops::StopFlag stop) {
  // Positions may have gaps, so this is how far it is and not how many events are left; what comes meanwhile is little.
  CLOUDCART_CO_TRY(const auto last, co_await log_.end_position(Executor::current()->now() + read_limit));
  while (!stop.stopping()) {
    enter(Phase::reading,
          last == 0 ? 1 : std::min(1.0, static_cast<double>(from.position) / static_cast<double>(last)));
    CLOUDCART_CO_TRY(const auto records, co_await read(from.position));
    if (records.empty()) co_return from;
    CLOUDCART_CO_CHECK(co_await in_pool([&] { record_all(books, records); }));
    from = {records.back().position, records.back().event.event_id};
  }
  co_return fail(ErrorCode::unavailable, "The server is stopping.");
}

Task<Result<LogEnd>> Trainer::catch_up(ModelSet& models, LogEnd from, std::int64_t to) {
  while (from.position < to) {
    CLOUDCART_CO_TRY(const auto records, co_await read(from.position));
    if (records.empty()) break;
    CLOUDCART_CO_CHECK(co_await in_pool([&] { models.learn(records); }));
    from = {records.back().position, records.back().event.event_id};
  }
  co_return from;
}

Task<Result<std::vector<events::LogRecord>>> Trainer::read(std::int64_t after) {
  CLOUDCART_CO_TRY(auto records,
                   co_await log_.read(after, read_batch, Executor::current()->now() + read_limit));
  models_.make_nobodys(records);
  co_return records;
}

template <class F>
Task<Status> Trainer::in_pool(F function) {
  // No deadline: what is queued refers to the waiting coroutine's frame and must have its turn.
  co_return co_await pool_.run(MonotonicTime::max(), [f = std::move(function)]() mutable -> Status {
    try {
      f();
    } catch (const Stopping&) {
      return fail(ErrorCode::unavailable, "The server is stopping.");
    }
    return {};
  });
}

std::optional<Trainer::Progress> Trainer::progress() const {
  const std::scoped_lock lock(mutex_);
  return progress_;
}

void Trainer::enter(Phase phase, std::optional<double> done) {
  const std::scoped_lock lock(mutex_);
  if (!progress_) return;
  progress_->phase = phase;
  progress_->done = done;
}

bool Trainer::is_requested() const {
  const std::scoped_lock lock(mutex_);
  return progress_.has_value();
}

void Trainer::finish_request() {
  const std::scoped_lock lock(mutex_);
  progress_.reset();
}

}  // namespace cloudcart::recommendation
