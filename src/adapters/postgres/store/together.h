#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/executor.h"
#include "runtime/task.h"

namespace cloudcart::postgres {

/// Serves asks that came at the same time by `serve` (vector<Ask>, Deadline → Task<Result<vector<Result<T>>>>), in one transaction that
/// may take until the last of their deadlines; those whose time is over are refused first. When the server refuses a
/// statement, which may be one's alone, each is served by itself.
template <class T, class Ask, class Serve>
Task<std::vector<Result<T>>> serve_together(std::vector<Ask> asks, Serve serve) {
  const auto now = Executor::current()->now();
  std::vector<Ask> in_time;
  auto until = Deadline::min();
  for (const auto& ask : asks) {
    if (ask.deadline <= now) continue;
    in_time.push_back(ask);
    until = std::max(until, ask.deadline);
  }
  Result<std::vector<Result<T>>> served;
  if (!in_time.empty()) served = co_await serve(in_time, until);
  const bool apart = !served && served.error().code == ErrorCode::internal && in_time.size() > 1;
  std::vector<Result<T>> answers;
  answers.reserve(asks.size());
  std::size_t next = 0;
  for (const auto& ask : asks) {
    if (ask.deadline <= now) {
      answers.push_back(
          fail(ErrorCode::deadline_exceeded, "The time for it was over before the database was asked."));
      continue;
    }
    const auto place = next++;
    if (served) {
      answers.push_back(std::move(served->at(place)));
    } else if (!apart) {
      answers.push_back(fail(served.error()));
    } else {
      auto alone = co_await serve(std::vector<Ask>{ask}, ask.deadline);
      if (alone)
        answers.push_back(std::move(alone->at(0)));
      else
        answers.push_back(fail(std::move(alone.error())));
    }
  }
  co_return answers;
}

}  // namespace cloudcart::postgres
