#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "runtime/executor.h"
#include "runtime/task.h"
#include "runtime/tracing.h"

namespace cloudcart {

/// Starts all tasks at once on this executor, as parts of this one's span, and answers once the last has ended, in the order of the tasks. An exception
/// of a task comes out then, the first one in that order.
template <class T>
Task<std::vector<T>> await_all(std::vector<Task<T>> tasks) {
  std::vector<std::optional<std::variant<T, std::exception_ptr>>> outcomes(tasks.size());
  if (!tasks.empty()) {
    const auto* span = co_await current_span();
    // Tasks end on the executor that they were started on, so nobody else counts at the same time.
    std::size_t under_way = tasks.size();
    co_await await_value<bool>([&](Resolver<bool> all_done) {
      for (std::size_t i = 0; i < tasks.size(); ++i)
        start(within(span, std::move(tasks[i])), [&outcomes, &under_way, i, all_done](auto outcome) {
          outcomes[i].emplace(std::move(outcome));
          if (--under_way == 0) all_done(true);
        });
    });
  }
  std::vector<T> answers;
  answers.reserve(outcomes.size());
  for (auto& outcome : outcomes) {
    if (auto* failure = std::get_if<1>(&*outcome)) std::rethrow_exception(*failure);
    answers.push_back(std::get<0>(*std::move(outcome)));
  }
  co_return answers;
}

}  // namespace cloudcart
