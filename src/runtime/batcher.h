#pragma once

#include <algorithm>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/result.h"
#include "runtime/executor.h"
#include "runtime/metrics.h"
#include "runtime/task.h"
#include "runtime/tracing.h"

namespace cloudcart {

struct BatcherOptions {
  std::size_t at_once = 2;              ///< batches under way at the same time
  std::size_t largest = 128;            ///< calls in one batch
  std::size_t waiting_bound = 10'000;   ///< calls that wait for a batch; more are refused as overloaded
  Metrics::Histogram* sizes = nullptr;  ///< of the batches; null: nobody wants to know
};

/// Lets calls that come at the same time be served together: a call that finds a free place starts at once, those that come
/// meanwhile wait and go in the next batch. Whoever waits first leads it (group commit; DeWitt et al., "Implementation techniques
/// for main memory database systems", 1984). A lone call costs nothing. Safe between threads.
template <class Ask, class T>
class Batcher {
 public:
  /// Serves all of a batch; one answer each, in their order. Runs on the executor of the call that leads.
  using Serve = std::function<Task<std::vector<Result<T>>>(std::vector<Ask>)>;

  Batcher(Serve serve, BatcherOptions options = {}) : serve_(std::move(serve)), options_(options) {}
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  /// When a batch ends with nobody answered because the one that serves is gone (unavailable, outcome_unknown), all that wait are
  /// told so too: they have waited for it long enough. An exception of `serve` comes out of each call of the batch.
  ///
  /// A span of each call, from its wait to its answer; what serves a batch is part of the call's that leads it.
  Task<Result<T>> operator()(Ask ask) {
    const Span span(co_await current_span(), SpanKind::internal, "batched call");
    Waiter own{std::move(ask), std::nullopt};
    auto turn = co_await await_value<Turn>([&](Resolver<Turn> resolve) { enter(own, resolve); });
    if (turn.leads) turn = co_await within(span, lead(own));
    if (turn.defect) std::rethrow_exception(turn.defect);
    co_return *std::move(turn.answer);
  }

 private:
  /// What a call that waited is told: its answer, or that it leads the next batch.
  struct Turn {
    bool leads = false;
    std::optional<Result<T>> answer;
    std::exception_ptr defect;
  };
  /// Lives in its call, which sleeps until it is resolved.
  struct Waiter {
    Ask ask;
    std::optional<Resolver<Turn>> resolve;
  };

  void enter(Waiter& waiter, Resolver<Turn> resolve) {
    waiter.resolve = resolve;
    {
      const std::scoped_lock lock(mutex_);
      if (under_way_ == options_.at_once && waiting_.size() < options_.waiting_bound) {
        waiting_.push_back(&waiter);
        return;
      }
      if (under_way_ < options_.at_once) {
        ++under_way_;
        resolve({.leads = true});
        return;
      }
    }
    resolve({.answer = fail(ErrorCode::overloaded,
                            "Too many changes wait for the database; try again in a moment.")});
  }

  Task<Turn> lead(Waiter& own) {
    std::vector<Waiter*> members{&own};
    {
      const std::scoped_lock lock(mutex_);
      while (!waiting_.empty() && members.size() < options_.largest) {
        members.push_back(waiting_.front());
        waiting_.pop_front();
      }
    }
    if (options_.sizes) options_.sizes->observe(static_cast<double>(members.size()));
    std::vector<Ask> asks;
    asks.reserve(members.size());
    for (auto* member : members) asks.push_back(std::move(member->ask));
    std::vector<Turn> turns(members.size());
    bool is_gone = false;
    try {
      auto answers = co_await serve_(std::move(asks));
      is_gone = std::ranges::all_of(answers, says_gone);
      for (std::size_t i = 0; i < turns.size(); ++i) turns[i].answer = std::move(answers.at(i));
    } catch (...) {
      for (auto& turn : turns) turn = {.defect = std::current_exception()};
    }
    pass_on(is_gone);
    std::vector<Continuation> settled;
    for (std::size_t i = 1; i < members.size(); ++i)
      settled.push_back(members[i]->resolve->settle(std::move(turns[i])));
    resume_all(settled);
    co_return std::move(turns[0]);
  }

  static bool says_gone(const Result<T>& answer) {
    return !answer && (answer.error().code == ErrorCode::unavailable ||
                       answer.error().code == ErrorCode::outcome_unknown);
  }

  /// Gives the place to whoever waits first.
  void pass_on(bool is_gone) {
    Waiter* next = nullptr;
    std::deque<Waiter*> refused;
    {
      const std::scoped_lock lock(mutex_);
      if (is_gone) refused.swap(waiting_);
      if (waiting_.empty()) {
        --under_way_;
      } else {
        next = waiting_.front();
        waiting_.pop_front();
      }
    }
    if (next) (*next->resolve)({.leads = true});
    std::vector<Continuation> settled;
    for (auto* waiter : refused)
      settled.push_back(waiter->resolve->settle(
          {.answer = fail(ErrorCode::unavailable, "The database does not answer; nothing was changed.")}));
    resume_all(settled);
  }

  const Serve serve_;
  const BatcherOptions options_;
  std::mutex mutex_;
  std::deque<Waiter*> waiting_;
  std::size_t under_way_ = 0;
};

}  // namespace cloudcart
