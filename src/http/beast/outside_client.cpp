#include "http/beast/outside_client.h"

#include <mutex>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include "http/address_kind.h"
#include "http/beast/single_exchange.h"
#include "runtime/event_loop.h"
#include "tls/client_trust.h"

namespace cloudcart::http {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using single::no_answer;
using single::reason_of;
using single::Stream;
using single::use_ec;

namespace {

/// One connection; `tls` is used only where the URL says so.
struct Connection {
  Connection(asio::io_context& context, ssl::context& trust) : tls(Stream(context), trust) {}
  Stream& plain() { return tls.next_layer(); }
  ssl::stream<Stream> tls;
};
using ConnectionPtr = std::shared_ptr<Connection>;

AddressKind kind_of(const asio::ip::address& address) {
  if (address.is_v4()) return kind_of_address(address.to_v4().to_bytes());
  return kind_of_address(address.to_v6().to_bytes());
}

std::string write_request(const WebUrl& url, const Headers& headers, std::string_view body) {
  auto text = fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
                          url.target, url.authority(), body.size());
  for (const auto& [name, value] : headers.fields()) text += fmt::format("{}: {}\r\n", name, value);
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace

struct BeastOutsideClient::Impl {
  explicit Impl(OutsideOptions o)
      : options(std::move(o)), trust(tls::make_client_trust(options.ca_file).release()) {}

  asio::awaitable<Result<OutsideAnswer>> exchange(EventLoop& loop, WebUrl url, std::string text,
                                                  Deadline deadline);
  asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(EventLoop& loop, const WebUrl& url) const;
  asio::awaitable<Result<OutsideAnswer>> talk_on(ConnectionPtr connection, const WebUrl& url,
                                                 const std::string& text);
  /// False after stop().
  bool begin(const ConnectionPtr& connection);
  void end(const ConnectionPtr& connection);

  const OutsideOptions options;
  ssl::context trust;
  std::mutex mutex;
  bool stopped = false;
  std::set<ConnectionPtr> open;
};

bool BeastOutsideClient::Impl::begin(const ConnectionPtr& connection) {
  const std::scoped_lock lock(mutex);
  if (!stopped) open.insert(connection);
  return !stopped;
}

void BeastOutsideClient::Impl::end(const ConnectionPtr& connection) {
  const std::scoped_lock lock(mutex);
  open.erase(connection);
}

/// The addresses of the host that may be reached.
asio::awaitable<Result<std::vector<tcp::endpoint>>> BeastOutsideClient::Impl::resolve(
    EventLoop& loop, const WebUrl& url) const {
  std::vector<tcp::endpoint> found;
  error_code ec;
  if (const auto address = asio::ip::make_address(url.host, ec); !ec) {
    found.emplace_back(address, url.port);
  } else {
    tcp::resolver resolver(loop.context());
    const auto answers = co_await resolver.async_resolve(url.host, std::to_string(url.port), use_ec(ec));
    if (ec) co_return no_answer(fmt::format("{} cannot be resolved ({})", url.host, ec.message()));
    for (const auto& answer : answers) found.push_back(answer.endpoint());
  }
  std::erase_if(found, [this](const tcp::endpoint& endpoint) {
    const auto kind = kind_of(endpoint.address());
    return kind == AddressKind::forbidden || (kind == AddressKind::own && !options.allow_own_addresses);
  });
  if (found.empty())
    co_return fail(ErrorCode::forbidden,
                   fmt::format("{} is at an address that may not be reached", url.host));
  co_return found;
}

asio::awaitable<Result<OutsideAnswer>> BeastOutsideClient::Impl::talk_on(ConnectionPtr connection,
                                                                         const WebUrl& url,
                                                                         const std::string& text) {
  if (!url.tls) co_return co_await single::exchange(connection->plain(), text);
  auto& tls = connection->tls;
  if (!tls::expect_host(tls.native_handle(), url.host))
    co_return no_answer("no TLS connection (the host is no name)");
  error_code ec;
  co_await tls.async_handshake(ssl::stream_base::client, use_ec(ec));
  if (const auto verdict = SSL_get_verify_result(tls.native_handle()); ec && verdict != X509_V_OK)
    co_return no_answer(
        fmt::format("the certificate is not accepted ({})", X509_verify_cert_error_string(verdict)));
  if (ec) co_return no_answer(fmt::format("no TLS connection ({})", reason_of(ec)));
  co_return co_await single::exchange(tls, text);
}

asio::awaitable<Result<OutsideAnswer>> BeastOutsideClient::Impl::exchange(EventLoop& loop, WebUrl url,
                                                                          std::string text,
                                                                          Deadline deadline) {
  const auto endpoints = co_await resolve(loop, url);
  if (!endpoints) co_return std::unexpected(endpoints.error());
  if (loop.now() > deadline) co_return no_answer("no answer in time");
  const auto connection = std::make_shared<Connection>(loop.context(), trust);
  if (!begin(connection)) co_return no_answer("the server is shutting down");
  deadline == Deadline::max() ? connection->plain().expires_never()
                              : connection->plain().expires_at(deadline);
  error_code ec;
  co_await connection->plain().async_connect(*endpoints, use_ec(ec));
  Result<OutsideAnswer> answer;
  if (ec) {
    answer = no_answer(fmt::format("no connection ({})", reason_of(ec)));
  } else {
    answer = co_await talk_on(connection, url, text);
  }
  connection->plain().close();
  end(connection);
  co_return answer;
}

BeastOutsideClient::BeastOutsideClient(OutsideOptions options)
    : impl_(std::make_shared<Impl>(std::move(options))) {}
BeastOutsideClient::~BeastOutsideClient() = default;

Task<Result<OutsideAnswer>> BeastOutsideClient::post(WebUrl url, Headers headers, std::string body,
                                                     Deadline deadline) {
  auto* loop = dynamic_cast<EventLoop*>(Executor::current());
  if (!loop) throw std::logic_error("an HTTP client is used from tasks on an event loop");
  auto text = write_request(url, headers, body);
  co_return co_await await_value<Result<OutsideAnswer>>([&](Resolver<Result<OutsideAnswer>> resolve) {
    asio::co_spawn(
        loop->context(),
        [impl = impl_, loop, url = std::move(url), text = std::move(text),
         deadline]() mutable -> asio::awaitable<Result<OutsideAnswer>> {
          co_return co_await impl->exchange(*loop, std::move(url), std::move(text), deadline);
        },
        [resolve](std::exception_ptr failure, Result<OutsideAnswer> answer) {
          if (failure) answer = no_answer("the exchange failed");
          resolve(std::move(answer));
        });
  });
}

void BeastOutsideClient::stop() {
  const std::scoped_lock lock(impl_->mutex);
  impl_->stopped = true;
  for (const auto& connection : impl_->open)
    asio::post(connection->plain().get_executor(), [connection] { connection->plain().close(); });
}

}  // namespace cloudcart::http
