#pragma once

#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "core/timestamp.h"

namespace cloudcart::http {

/// A client's connection with what has been read beyond the last answer.
struct ClientConnection {
  using Loop = boost::asio::io_context;

  explicit ClientConnection(Loop& context) : stream(context) {}

  boost::beast::basic_stream<boost::asio::ip::tcp, Loop::executor_type> stream;
  boost::beast::flat_buffer buffer;
  MonotonicTime idle_since{};
};
using ClientConnectionPtr = std::unique_ptr<ClientConnection>;

}  // namespace cloudcart::http
