#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/random.h"
#include "runtime/executor.h"

namespace cloudcart::simulation {

class Process;

/// The only thread of a simulated world, and its time. Of everything that could happen next it picks one by
/// the seed, so that every interleaving of suspended coroutines can come up; the clock stands still while
/// anything can run, and then jumps to the next timer.
///
/// An Executor promises to run work in order of posting. A platform has many loops and pools, so between two
/// requests there is no order; that is why the pick ignores it.
class Scheduler final : public Clock {
 public:
  explicit Scheduler(std::uint64_t seed) : random_(seed, 1) {}

  void ready(Process& on, Work work) { ready_.push_back({&on, std::move(work)}); }
  void at(MonotonicTime when, Process& on, Work work) { timers_.emplace(when, Entry{&on, std::move(work)}); }
  /// Runs one piece of work; false when there is none and no timer either.
  bool step();
  /// Removes everything that waits for `process`, in no particular order.
  std::vector<std::pair<MonotonicTime, Work>> take_all(const Process& process);

  MonotonicTime monotonic_now() const override { return now_; }
  Timestamp now() const override {
    return start_ + wall_skew_ + std::chrono::duration_cast<milliseconds>(now_.time_since_epoch());
  }
  /// Somebody sets the wall clock; deadlines do not notice.
  void move_wall_clock(milliseconds by) {
    wall_skew_ += by;
    furthest_skew_ = std::max(furthest_skew_, wall_skew_);
  }
  /// To where it was furthest: what was written down then is not of the future any more.
  void put_wall_clock_right() { wall_skew_ = furthest_skew_; }

  Random& random() { return random_; }
  std::uint64_t steps() const { return steps_; }

 private:
  struct Entry {
    Process* process;
    Work work;
  };

  Random random_;
  MonotonicTime now_{};
  Timestamp start_ = parse_rfc3339("2026-01-15T23:30:00.000Z").value();
  milliseconds wall_skew_{0}, furthest_skew_{0};
  std::uint64_t steps_ = 0;
  std::vector<Entry> ready_;
  std::multimap<MonotonicTime, Entry> timers_;
};

/// One life of an operating-system process: what runs in it, and its end by kill -9.
class Process final : public Executor {
 public:
  Process(Scheduler& scheduler, std::string name) : scheduler_(scheduler), name_(std::move(name)) {}

  void post(Work work) override;
  void post_at(MonotonicTime when, Work work) override;
  MonotonicTime now() const override { return std::max(scheduler_.monotonic_now(), afterlife_); }
  const std::string& name() const { return name_; }

  bool is_alive() const { return alive_; }
  /// From here on nothing in it has an effect outside: ports and wires look at is_alive() and refuse. What was
  /// under way is then run to its end, unseen, so that coroutine frames are freed the way they always are.
  void die();
  void drain();
  /// Called by die(); for those who owe this process an answer that will never come.
  void on_death(std::function<void()> action) { death_actions_.push_back(std::move(action)); }

  /// Runs `task` here; `on_done(Outcome)` as in cloudcart::start.
  template <class T, class OnDone>
  void spawn(Task<T> task, OnDone on_done) {
    ++running_;
    const Scope scope(*this);
    start(std::move(task), [this, on_done = std::move(on_done)](auto outcome) mutable {
      --running_;
      on_done(std::move(outcome));
    });
  }
  std::size_t running() const { return running_; }

 private:
  Scheduler& scheduler_;
  const std::string name_;
  bool alive_ = true;
  std::size_t running_ = 0;
  std::deque<std::pair<MonotonicTime, Work>> last_work_;  ///< once dead, in order
  MonotonicTime afterlife_{};  ///< sleeping takes time there too, though nobody else notices
  std::vector<std::function<void()>> death_actions_;
};

}  // namespace cloudcart::simulation
