#pragma once

#include <latch>
#include <optional>
#include <thread>
#include <type_traits>
#include <vector>

namespace cloudcart::test {

/// Calls `body(0)` … `body(count - 1)`, each on a thread of its own, as much at once as can be; their answers.
template <class F>
auto on_threads(std::size_t count, F body) {
  using Answer = std::invoke_result_t<F&, std::size_t>;
  std::vector<std::optional<Answer>> answers(count);
  std::latch start(static_cast<std::ptrdiff_t>(count));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        answers[i].emplace(body(i));
      });
    }
  }
  std::vector<Answer> all;
  for (auto& answer : answers) all.push_back(*std::move(answer));
  return all;
}

}  // namespace cloudcart::test
