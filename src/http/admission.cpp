#include "http/admission.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>

#include <spdlog/spdlog.h>

#include "runtime/metrics.h"

namespace cloudcart::http {
namespace {

using Line = AdmissionLines;

/// How often lines are looked at while nobody can be served.
constexpr milliseconds look_interval{5};
constexpr seconds log_interval{1};

constexpr std::array refusals{Line::Verdict::no_room, Line::Verdict::too_late, Line::Verdict::expired};

std::string_view outcome_word(Line::Verdict verdict) {
  switch (verdict) {
    case Line::Verdict::no_room:
      return "no_room";
    case Line::Verdict::too_late:
      return "too_late";
    case Line::Verdict::expired:
      return "expired";
    default:
      return "admitted";
  }
}

/// Of one priority. All loops count together.
struct Instruments {
  Metrics::Counter* admitted;
  std::array<Metrics::Counter*, 3> refused;
  Metrics::Histogram* waited;
  std::atomic<std::int64_t> waiting{0}, under_way{0};
};

}  // namespace

class Admission::Loop {
 public:
  struct Shared {
    std::array<Instruments, priority_count> of;
    Instruments& operator[](Priority priority) { return of[static_cast<std::size_t>(priority)]; }
  };

  Loop(const AdmissionLines::Options& options, Executor& executor, std::shared_ptr<Shared> shared)
      : executor_(executor), shared_(std::move(shared)), lines_(options) {}

  Executor& executor() const { return executor_; }

  void arrive(Turn& turn) {
    const auto now = executor_.now();
    turn.verdict_ = lines_.arrive(turn, now);
    if (turn.verdict_ != Line::Verdict::waits) return settle(turn, now);
    ++(*shared_)[turn.priority].waiting;
    serve_soon();
  }

  void end(Priority priority) {
    lines_.end(priority);
    --(*shared_)[priority].under_way;
    if (lines_.waiting(priority) > 0) serve_soon();
  }

 private:
  void serve_soon() {
    if (std::exchange(will_serve_, true)) return;
    reads_since_ = executor_.now();
    executor_.post([this] { serve(); });
  }
  void serve();
  void look_later();
  void settle(Turn& turn, MonotonicTime now);
  void count_refusal(Turn& turn, MonotonicTime now);

  Executor& executor_;
  const std::shared_ptr<Shared> shared_;
  AdmissionLines lines_;
  bool will_serve_ = false, will_look_ = false;
  MonotonicTime reads_since_{}, logged_at_{};
  std::array<std::uint64_t, priority_count> unlogged_{};
};

void Admission::Loop::serve() {
  will_serve_ = false;
  auto now = executor_.now();
  lines_.look(now);
  const auto until = now + lines_.slice(now - reads_since_);
  while (now < until) {
    const auto departure = lines_.next(now);
    if (!departure) return look_later();
    auto& turn = static_cast<Turn&>(*departure->waiter);
    turn.verdict_ = departure->verdict;
    --(*shared_)[turn.priority].waiting;
    settle(turn, now);
    turn.handle_.resume();
    now = executor_.now();
  }
  if (!lines_.empty()) serve_soon();
}

/// Who waits for others to end may have to be refused before any has.
void Admission::Loop::look_later() {
  if (lines_.empty() || std::exchange(will_look_, true)) return;
  executor_.post_at(executor_.now() + look_interval, [this] {
    will_look_ = false;
    if (!lines_.empty()) serve_soon();
  });
}

void Admission::Loop::settle(Turn& turn, MonotonicTime now) {
  if (turn.priority == Priority::vital) {
    ++(*shared_)[turn.priority].under_way;
    return;
  }
  if (turn.verdict_ != Line::Verdict::admitted) return count_refusal(turn, now);
  auto& instruments = (*shared_)[turn.priority];
  ++instruments.under_way;
  instruments.admitted->add();
  instruments.waited->observe(std::chrono::duration<double>(now - turn.since).count());
}

/// Requests that are refused for overload have no line each in the log: it would be one more thing that is overloaded.
void Admission::Loop::count_refusal(Turn& turn, MonotonicTime now) {
  const auto kind = std::ranges::find(refusals, turn.verdict_) - refusals.begin();
  (*shared_)[turn.priority].refused[static_cast<std::size_t>(kind)]->add();
  ++unlogged_[static_cast<std::size_t>(turn.priority)];
  if (now - logged_at_ < log_interval) return;
  logged_at_ = now;
  for (std::size_t i = 0; i < priority_count; ++i) {
    if (const auto count = std::exchange(unlogged_[i], 0))
      spdlog::warn("overloaded: {} requests of priority {} refused", count,
                   to_string(static_cast<Priority>(i)));
  }
}

Admission::Permit::~Permit() {
  if (loop_) loop_->end(priority_);
}

bool Admission::Turn::await_ready() {
  loop_.arrive(*this);
  return verdict_ != Line::Verdict::waits;
}

void Admission::Turn::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
}

Result<Admission::Permit> Admission::Turn::await_resume() {
  if (verdict_ == Line::Verdict::admitted) return Permit{loop_, priority};
  if (verdict_ == Line::Verdict::expired)
    return fail(ErrorCode::deadline_exceeded, "The request waited longer than its time limit.");
  return fail(ErrorCode::overloaded, "The server is busy; try again in a moment.");
}

Admission::Admission(const AdmissionLines::Options& lines, const std::vector<Executor*>& loops,
                     Metrics& metrics) {
  const auto shared = std::make_shared<Loop::Shared>();
  for (std::size_t i = 0; i < priority_count; ++i) {
    const auto priority = static_cast<Priority>(i);
    const std::string word{to_string(priority)};
    auto& instruments = shared->of[i];
    metrics.gauge("cloudcart_admission_under_way", "Requests that are being served.", {{"priority", word}},
                  [shared, i] { return static_cast<double>(shared->of[i].under_way.load()); });
    if (priority == Priority::vital) continue;
    const auto limit = [&](const std::string& name, const std::string& help, std::size_t of_each_loop) {
      metrics.gauge(name, help, {{"priority", word}},
                    [all = of_each_loop * loops.size()] { return static_cast<double>(all); });
    };
    limit("cloudcart_admission_under_way_limit", "Requests that are served at a time; others wait.",
          lines[i].most_under_way);
    limit("cloudcart_admission_waiting_limit", "Requests that may wait to be let in; more are refused.",
          lines[i].most_waiting);
    const auto counter = [&](Line::Verdict verdict) {
      return &metrics.counter("cloudcart_admission_requests_total",
                              "Requests that were let in, or refused for overload and why.",
                              {{"priority", word}, {"outcome", std::string{outcome_word(verdict)}}});
    };
    instruments.admitted = counter(Line::Verdict::admitted);
    std::ranges::transform(refusals, instruments.refused.begin(), counter);
    instruments.waited = &metrics.duration("cloudcart_admission_queue_seconds",
                                           "Time from the arrival of a request's bytes to its being let in.",
                                           {{"priority", word}});
    metrics.gauge("cloudcart_admission_waiting", "Requests that wait to be let in.", {{"priority", word}},
                  [shared, i] { return static_cast<double>(shared->of[i].waiting.load()); });
  }
  for (auto* loop : loops) loops_.push_back(std::make_unique<Loop>(lines, *loop, shared));
}

Admission::~Admission() = default;

Admission::Turn Admission::enter(Priority priority, MonotonicTime since, MonotonicTime deadline) {
  const auto* here = Executor::current();
  const auto found =
      std::ranges::find_if(loops_, [here](const auto& loop) { return &loop->executor() == here; });
  if (found == loops_.end()) throw std::logic_error("a request is let in on one of the event loops");
  return Turn{**found, {.priority = priority, .since = since, .deadline = deadline}};
}

}  // namespace cloudcart::http
