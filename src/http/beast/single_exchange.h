#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/result.h"
#include "http/outside_client.h"

/// A connection that serves one request, of whose answer little matters.
namespace cloudcart::http::single {

using Stream = boost::beast::basic_stream<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// What is read of an answer's body, for the server's sake: it has not to see its answer cut off.
constexpr std::uint64_t max_answer_bytes = 64 << 10;

/// Answers before the answer (RFC 9110 section 15.2), more of which nobody has a use for.
constexpr int most_interim_answers = 16;

constexpr auto use_ec(boost::system::error_code& ec) {
  return boost::asio::redirect_error(boost::asio::use_awaitable, ec);
}

inline std::unexpected<Error> no_answer(std::string why) {
  return fail(ErrorCode::unavailable, std::move(why));
}

/// Why talking failed, in a few words.
inline std::string reason_of(const boost::system::error_code& ec) {
  if (ec == boost::beast::error::timeout) return "no answer in time";
  if (ec == boost::beast::http::error::end_of_stream || ec == boost::asio::error::eof ||
      ec == boost::asio::ssl::error::stream_truncated)
    return "the connection was closed without an answer";
  return ec.message();
}

/// Sends `request` as it is, which asks for `Connection: close`, and answers what OutsideAnswer keeps. `channel` is a Stream, or TLS over one, of
/// which the Stream's time limit holds.
template <class Channel>
boost::asio::awaitable<Result<OutsideAnswer>> exchange(Channel& channel, const std::string& request) {
  boost::system::error_code ec;
  co_await boost::asio::async_write(channel, boost::asio::buffer(request), use_ec(ec));
  if (ec) co_return no_answer(reason_of(ec));
  boost::beast::flat_buffer buffer;
  std::optional<boost::beast::http::response_parser<boost::beast::http::empty_body>> head;
  int interim = -1;
  do {
    if (++interim > most_interim_answers) co_return no_answer("more interim answers than anybody needs");
    head.emplace();
    co_await boost::beast::http::async_read_header(channel, buffer, *head, use_ec(ec));
    if (ec) co_return no_answer(reason_of(ec));
  } while (head->get().result_int() < 200);
  const auto retry_after = head->get()[boost::beast::http::field::retry_after];
  OutsideAnswer answer{.status = static_cast<int>(head->get().result_int()),
                       .retry_after = {retry_after.data(), retry_after.size()}};
  boost::beast::http::response_parser<boost::beast::http::string_body> rest(*std::move(head));
  rest.body_limit(max_answer_bytes);
  if (!rest.is_done()) co_await boost::beast::http::async_read(channel, buffer, rest, use_ec(ec));
  co_return answer;
}

}  // namespace cloudcart::http::single
