#include "simulation/scheduler.h"

#include <stdexcept>

namespace cloudcart::simulation {

bool Scheduler::step() {
  if (ready_.empty()) {
    if (timers_.empty()) return false;
    now_ = std::max(now_, timers_.begin()->first);
  }
  while (!timers_.empty() && timers_.begin()->first <= now_) {
    ready_.push_back(std::move(timers_.begin()->second));
    timers_.erase(timers_.begin());
  }
  const auto pick = random_.below(ready_.size());
  std::swap(ready_[pick], ready_.back());
  auto next = std::move(ready_.back());
  ready_.pop_back();
  ++steps_;
  const Executor::Scope scope(*next.process);
  next.work();
  return true;
}

std::vector<std::pair<MonotonicTime, Work>> Scheduler::take_all(const Process& process) {
  std::vector<std::pair<MonotonicTime, Work>> taken;
  std::erase_if(ready_, [&](Entry& entry) {
    if (entry.process != &process) return false;
    taken.emplace_back(now_, std::move(entry.work));
    return true;
  });
  for (auto timer = timers_.begin(); timer != timers_.end();) {
    if (timer->second.process == &process) {
      taken.emplace_back(timer->first, std::move(timer->second.work));
      timer = timers_.erase(timer);
    } else {
      ++timer;
    }
  }
  return taken;
}

void Process::post(Work work) {
  if (alive_) {
    scheduler_.ready(*this, std::move(work));
  } else {
    last_work_.emplace_back(now(), std::move(work));
  }
}

void Process::post_at(MonotonicTime when, Work work) {
  if (alive_) {
    scheduler_.at(when, *this, std::move(work));
  } else {
    last_work_.emplace_back(when, std::move(work));
  }
}

void Process::die() {
  alive_ = false;
  for (auto& work : scheduler_.take_all(*this)) last_work_.push_back(std::move(work));
  for (const auto& action : std::exchange(death_actions_, {})) action();
}

void Process::drain() {
  constexpr int far_too_much = 1'000'000;
  const Scope scope(*this);
  for (int i = 0; !last_work_.empty(); ++i) {
    if (i == far_too_much) throw std::logic_error(name_ + " does not come to an end after its death");
    auto [when, work] = std::move(last_work_.front());
    last_work_.pop_front();
    afterlife_ = std::max(afterlife_, when);
    work();
  }
  if (running_ > 0) throw std::logic_error("a task of " + name_ + " waits for ever");
}

}  // namespace cloudcart::simulation
