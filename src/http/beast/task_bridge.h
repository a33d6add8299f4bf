#pragma once

#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "runtime/task.h"

namespace cloudcart::http::beast {

/// Runs a Task inside an Asio coroutine. The result comes by way of the loop's queue, because an Asio
/// operation must not complete within its own initiation.
template <class T>
boost::asio::awaitable<T> await_task(Task<T> task) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto initiate = [executor, inner = std::move(task)](auto handler) mutable {
    start(std::move(inner), [executor, handler = std::move(handler)](auto outcome) mutable {
      boost::asio::post(executor, [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
        if (outcome.index() == 1) {
          std::move(handler)(std::get<1>(outcome), T{});
        } else {
          std::move(handler)(std::exception_ptr{}, std::get<0>(std::move(outcome)));
        }
      });
    });
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                 void(std::exception_ptr, T)>(std::move(initiate),
                                                                              boost::asio::use_awaitable);
}

}  // namespace cloudcart::http::beast
