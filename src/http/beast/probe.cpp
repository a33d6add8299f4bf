#include "http/beast/probe.h"

#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ssl.hpp>
#include <fmt/format.h>

#include "http/beast/single_exchange.h"

namespace cloudcart::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

asio::ssl::context unverifying() {
  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_verify_mode(asio::ssl::verify_none);
  return context;
}

std::string write_request(const WebUrl& url) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", url.target, url.authority());
}

asio::awaitable<Result<OutsideAnswer>> talk(asio::ssl::stream<single::Stream>& tls, const WebUrl& url) {
  const auto request = write_request(url);
  if (!url.tls) co_return co_await single::exchange(tls.next_layer(), request);
  error_code ec;
  co_await tls.async_handshake(asio::ssl::stream_base::client, single::use_ec(ec));
  if (ec) co_return single::no_answer(fmt::format("no TLS connection ({})", single::reason_of(ec)));
  co_return co_await single::exchange(tls, request);
}

asio::awaitable<Result<OutsideAnswer>> ask(asio::io_context& context, const WebUrl& url, milliseconds limit) {
  error_code ec;
  tcp::resolver resolver(context);
  const auto endpoints =
      co_await resolver.async_resolve(url.host, std::to_string(url.port), single::use_ec(ec));
  if (ec) co_return single::no_answer(fmt::format("{} cannot be resolved ({})", url.host, ec.message()));
  auto trust = unverifying();
  asio::ssl::stream<single::Stream> tls(single::Stream(context), trust);
  tls.next_layer().expires_after(limit);
  co_await tls.next_layer().async_connect(endpoints, single::use_ec(ec));
  if (ec) co_return single::no_answer(fmt::format("no connection ({})", single::reason_of(ec)));
  co_return co_await talk(tls, url);
}

}  // namespace

Result<int> probe(const WebUrl& url, milliseconds limit) {
  asio::io_context context;
  std::optional<Result<int>> status;
  asio::co_spawn(context, ask(context, url, limit),
                 [&](std::exception_ptr failure, Result<OutsideAnswer> answer) {
                   if (failure) answer = single::no_answer("the exchange failed");
                   if (answer)
                     status = answer->status;
                   else
                     status = std::unexpected(std::move(answer).error());
                 });
  context.run_for(limit);
  return status ? *std::move(status) : single::no_answer("no answer in time");
}

}  // namespace cloudcart::http
