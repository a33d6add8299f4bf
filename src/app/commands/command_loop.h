#pragma once

#include <functional>
#include <latch>
#include <optional>

#include "runtime/event_loop.h"

namespace cloudcart::app {

/// An event loop for a command that uses the network. HTTP clients keep connections on it, so it is made before
/// them and goes after them.
class CommandLoop {
 public:
  CommandLoop() { loop_.start(); }

  EventLoop& loop() { return loop_; }

  /// Runs a task to its end, from outside of the loop.
  template <class T>
  T run(const std::function<Task<T>()>& body) {
    std::optional<std::variant<T, std::exception_ptr>> outcome;
    std::latch done(1);
    loop_.post([&] {
      start(body(), [&](auto result) {
        outcome.emplace(std::move(result));
        done.count_down();
      });
    });
    done.wait();
    if (outcome->index() == 1) std::rethrow_exception(std::get<1>(*outcome));
    return std::get<0>(*std::move(outcome));
  }

 private:
  EventLoop loop_{"command"};
};

}  // namespace cloudcart::app
