#pragma once

#include <coroutine>
#include <utility>

#include <boost/system/error_code.hpp>

namespace cloudcart::http {

struct IoOutcome {
  boost::system::error_code error;
  std::size_t bytes = 0;
};

/// Awaits an Asio operation from a Task: `begin` starts it with the handler that it is given.
template <class Begin>
auto await_io(Begin begin) {
  struct Awaiter {
    Begin begin;
    IoOutcome outcome;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      begin([this, handle](boost::system::error_code error, std::size_t bytes = 0) {
        outcome = {error, bytes};
        handle.resume();
      });
    }
    IoOutcome await_resume() const noexcept { return outcome; }
  };
  return Awaiter{std::move(begin), {}};
}

}  // namespace cloudcart::http
