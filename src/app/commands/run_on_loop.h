#pragma once

#include <functional>
#include <latch>
#include <optional>

#include "runtime/event_loop.h"

namespace cloudcart::app {

/// Runs a task that uses the network to its end, on an event loop of its own.
template <class T>
T run_on_loop(std::function<Task<T>()> body) {
  EventLoop loop("command");
  loop.start();
  std::optional<std::variant<T, std::exception_ptr>> outcome;
  std::latch done(1);
  loop.post([&] {
    start(body(), [&](auto result) {
      outcome.emplace(std::move(result));
      done.count_down();
    });
  });
  done.wait();
  loop.stop();
  if (outcome->index() == 1) std::rethrow_exception(std::get<1>(*outcome));
  return std::get<0>(*std::move(outcome));
}

}  // namespace cloudcart::app
