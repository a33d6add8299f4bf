#include "http/beast/client.h"

#include <mutex>
#include <unordered_set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "core/text.h"
#include "http/beast/client_connection.h"
#include "http/beast/tunnel.h"
#include "http/connection_slots.h"
#include "runtime/event_loop.h"

namespace cloudcart::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Below the time after which servers close a resting connection.
constexpr seconds longest_rest{30};

/// A kept connection that the other side has closed, or sent something unasked, cannot carry another request;
/// the request might be lost in it without a way to tell.
bool is_usable(ClientConnection& connection, MonotonicTime now) {
  if (now - connection.idle_since > longest_rest || connection.buffer.size() > 0) return false;
  error_code ec;
  char byte;
  (void)connection.stream.socket().non_blocking(true, ec);
  connection.stream.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
  return ec == asio::error::would_block;
}

constexpr auto use_ec(error_code& ec) {
  return asio::redirect_error(asio::use_awaitable, ec);
}

bool is_event_stream(const Response& response) {
  return response.headers.find("Content-Type").value_or("").starts_with("text/event-stream");
}

/// Fields that belong to the connection and not to the message (RFC 9110 section 7.6.1).
bool is_hop_by_hop(std::string_view name) {
  for (const auto hop : {"Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Date", "TE",
                         "Trailer", "Upgrade"})
    if (ascii_iequals(name, hop)) return true;
  return false;
}

Response response_head(const beast_http::response_header<>& head) {
  Response response{.status = static_cast<int>(head.result_int())};
  for (const auto& field : head) {
    const auto name = field.name_string(), value = field.value();
    // The protocol that the other side has agreed to, or asks for, is for the caller too.
    if (!is_hop_by_hop({name.data(), name.size()}) || field.name() == beast_http::field::upgrade)
      response.headers.add({name.data(), name.size()}, std::string{value.data(), value.size()});
  }
  return response;
}

/// An event stream that goes on; reads only when asked, on the loop of the connection.
class ConnectionStream final : public BodyStream {
 public:
  ConnectionStream(ClientConnectionPtr connection, beast_http::response_parser<beast_http::empty_body>&& head)
      : connection_(std::move(connection)), parser_(std::move(head)) {
    parser_.body_limit(boost::none);
  }

  Task<std::optional<std::string>> next() override {
    co_return co_await await_value<std::optional<std::string>>(
        [this](Resolver<std::optional<std::string>> resolve) {
          asio::co_spawn(
              connection_->stream.get_executor(), [this] { return read(); },
              [resolve](std::exception_ptr, std::optional<std::string> piece) { resolve(std::move(piece)); });
        });
  }
  void cancel() override { connection_->stream.close(); }

 private:
  asio::awaitable<std::optional<std::string>> read() {
    error_code ec;
    connection_->stream.expires_never();
    while (!parser_.is_done()) {
      auto& body = parser_.get().body();
      body.data = piece_.data();
      body.size = piece_.size();
      co_await beast_http::async_read_some(connection_->stream, connection_->buffer, parser_, use_ec(ec));
      const auto got = piece_.size() - body.size;
      if (ec && ec != beast_http::error::need_buffer) co_return std::nullopt;
      if (got > 0) co_return std::string(piece_.data(), got);
    }
    co_return std::nullopt;
  }

  ClientConnectionPtr connection_;
  beast_http::response_parser<beast_http::buffer_body> parser_;
  std::array<char, 16'384> piece_;
};

}  // namespace

struct BeastClient::Impl : std::enable_shared_from_this<Impl> {
  class UnderWay;

  explicit Impl(ClientOptions o)
      : options(std::move(o)), slots(options.max_connections, options.max_waiting) {
    std::string_view url = options.base_url;
    const bool scheme = url.starts_with("http://");
    if (scheme) url.remove_prefix(7);
    while (url.ends_with('/')) url.remove_suffix(1);
    const auto colon = url.rfind(':');
    if (!scheme || colon == std::string_view::npos || colon == 0 || colon + 1 == url.size() ||
        url.find('/') != std::string_view::npos)
      throw std::runtime_error(
          fmt::format("'{}' is no address of a service; write it as http://host:port.", options.base_url));
    host = url.substr(0, colon);
    port = url.substr(colon + 1);
  }

  asio::awaitable<Result<Response>> exchange(EventLoop& loop, ClientRequest request, Deadline deadline);
  asio::awaitable<Result<ClientConnectionPtr>> connect(EventLoop& loop, Deadline deadline,
                                                       std::shared_ptr<Cancellation> cancellation);
  asio::awaitable<Result<Response>> try_once(EventLoop& loop, const ClientRequest& request,
                                             std::string_view text, Deadline deadline, bool& may_try_again);
  asio::awaitable<Result<Response>> read_answer(EventLoop& loop, ClientConnectionPtr connection,
                                                Method method, bool& nothing_came);
  std::string write_request(const ClientRequest& request, Deadline deadline) const;
  ClientConnectionPtr take_idle(EventLoop& loop);
  void keep(EventLoop& loop, ClientConnectionPtr connection);
  void make_room();

  Error unavailable(std::string_view why) const {
    return {ErrorCode::unavailable,
            fmt::format("The service at {} does not answer ({}).", options.base_url, why),
            {}};
  }

  const ClientOptions options;
  std::string host, port;
  ConnectionSlots slots;  ///< of requests under way
  std::mutex mutex;
  std::unordered_map<EventLoop*, std::vector<ClientConnectionPtr>> idle;
  bool stopped = false;
  std::unordered_map<EventLoop*, std::unordered_set<std::shared_ptr<Cancellation>>> under_way;
};

/// Lists a request while it is under way or waits, so that stop() finds it. On the request's loop.
class BeastClient::Impl::UnderWay {
 public:
  UnderWay(Impl& impl, EventLoop& loop, std::shared_ptr<Cancellation> request)
      : impl_(impl), loop_(loop), request_(std::move(request)) {
    const std::scoped_lock lock(impl_.mutex);
    if (!impl_.stopped) impl_.under_way[&loop_].insert(request_);
    refused_ = impl_.stopped;
  }
  ~UnderWay() {
    const std::scoped_lock lock(impl_.mutex);
    impl_.under_way[&loop_].erase(request_);
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  bool is_refused() const { return refused_; }

 private:
  Impl& impl_;
  EventLoop& loop_;
  const std::shared_ptr<Cancellation> request_;
  bool refused_ = false;
};

ClientConnectionPtr BeastClient::Impl::take_idle(EventLoop& loop) {
  const std::scoped_lock lock(mutex);
  auto& kept = idle[&loop];
  while (!kept.empty()) {
    auto connection = std::move(kept.back());
    kept.pop_back();
    if (is_usable(*connection, loop.now())) return connection;
  }
  return nullptr;
}

void BeastClient::Impl::keep(EventLoop& loop, ClientConnectionPtr connection) {
  connection->stream.expires_never();
  connection->idle_since = loop.now();
  const std::scoped_lock lock(mutex);
  auto& kept = idle[&loop];
  if (kept.size() < options.idle_per_loop) kept.push_back(std::move(connection));
}

/// Before another connection is opened: one that rests on another loop may have to go, and goes on that loop.
void BeastClient::Impl::make_room() {
  const std::scoped_lock lock(mutex);
  std::size_t open = slots.in_use();
  for (const auto& [loop, kept] : idle) open += kept.size();
  if (open <= options.max_connections) return;
  for (auto& [loop, kept] : idle) {
    if (kept.empty()) continue;
    loop->post([connection = std::move(kept.front())] {});
    kept.erase(kept.begin());
    return;
  }
}

std::string BeastClient::Impl::write_request(const ClientRequest& request, Deadline deadline) const {
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}:{}\r\n", to_string(request.method), request.target, host, port);
  for (const auto& [name, value] : request.headers.fields())
    if (!is_hop_by_hop(name) && !ascii_iequals(name, "Host")) text += fmt::format("{}: {}\r\n", name, value);
  if (deadline != Deadline::max()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    text += fmt::format("{}: {}\r\n", time_limit_header, std::max<std::int64_t>(0, left.count()));
  }
  if (!request.upgrade.empty())
    text += fmt::format("Connection: Upgrade\r\nUpgrade: {}\r\n", request.upgrade);
  const bool has_body =
      !request.body.empty() || request.method == Method::post || request.method == Method::put;
  if (has_body) text += fmt::format("Content-Length: {}\r\n", request.body.size());
  text += "\r\n";
  text += request.body;
  return text;
}

asio::awaitable<Result<ClientConnectionPtr>> BeastClient::Impl::connect(
    EventLoop& loop, Deadline deadline, std::shared_ptr<Cancellation> cancellation) {
  make_room();
  error_code ec;
  tcp::resolver resolver(loop.context());
  auto connection = std::make_unique<ClientConnection>(loop.context());
  const Cancellation::Scope scope(cancellation, [&] {
    resolver.cancel();
    connection->stream.close();
  });
  const auto found = co_await resolver.async_resolve(host, port, use_ec(ec));
  if (is_given_up(cancellation)) ec = asio::error::operation_aborted;
  if (ec) co_return std::unexpected(unavailable(ec.message()));
  connection->stream.expires_at(std::min(deadline, loop.now() + options.connect_timeout));
  co_await connection->stream.async_connect(found, use_ec(ec));
  if (ec) co_return std::unexpected(unavailable(ec.message()));
  (void)connection->stream.socket().set_option(tcp::no_delay(true), ec);
  co_return connection;
}

asio::awaitable<Result<Response>> BeastClient::Impl::exchange(EventLoop& loop, ClientRequest request,
                                                              Deadline deadline) {
  const std::string text = write_request(request, deadline);
  for (;;) {
    bool may_try_again = false;
    auto answer = co_await try_once(loop, request, text, deadline, may_try_again);
    if (answer || !may_try_again || loop.now() >= deadline) co_return answer;
  }
}

asio::awaitable<Result<Response>> BeastClient::Impl::try_once(EventLoop& loop, const ClientRequest& request,
                                                              std::string_view text, Deadline deadline,
                                                              bool& may_try_again) {
  if (is_given_up(request.cancellation)) co_return std::unexpected(unavailable("the request was given up"));
  const bool repeatable = is_read(request.method);
  auto connection = take_idle(loop);
  const bool reused = connection != nullptr;
  if (!reused) {
    auto made = co_await connect(loop, deadline, request.cancellation);
    if (!made) co_return std::unexpected(std::move(made).error());
    connection = *std::move(made);
  }
  // The scope ends in the same step as the answer is there, so that it never meets a connection that is gone.
  const Cancellation::Scope scope(request.cancellation,
                                  [waited_for = connection.get()] { waited_for->stream.close(); });
  error_code ec;
  if (deadline == Deadline::max()) {
    connection->stream.expires_never();
  } else {
    connection->stream.expires_at(deadline);
  }
  co_await asio::async_write(connection->stream, asio::buffer(text), use_ec(ec));
  bool nothing_came = true;
  auto answer = ec ? Result<Response>{std::unexpected(unavailable(ec.message()))}
                   : co_await read_answer(loop, std::move(connection), request.method, nothing_came);
  if (!answer && !repeatable) {
    co_return fail(ErrorCode::outcome_unknown,
                   fmt::format("The service at {} took the request and did not answer.", options.base_url));
  }
  // A kept connection may have been closed by the other side at any moment; try again on a fresh one.
  may_try_again = reused && repeatable && nothing_came;
  co_return answer;
}

asio::awaitable<Result<Response>> BeastClient::Impl::read_answer(EventLoop& loop,
                                                                 ClientConnectionPtr connection,
                                                                 Method method, bool& nothing_came) {
  error_code ec;
  beast_http::response_parser<beast_http::empty_body> head;
  head.skip(method == Method::head);
  // The length is looked at with the head already, and the parser has a limit of its own.
  head.body_limit(options.max_body_bytes);
  co_await beast_http::async_read_header(connection->stream, connection->buffer, head, use_ec(ec));
  nothing_came = !head.got_some();
  if (ec) co_return std::unexpected(unavailable(ec.message()));
  auto response = response_head(head.get().base());
  response.lacks_body = method == Method::head;
  if (response.status == 101) {
    connection->stream.expires_never();
    response.upgrade = std::make_shared<Tunnel>(std::move(connection));
    co_return response;
  }
  if (is_event_stream(response) && method != Method::head) {
    response.stream = std::make_shared<ConnectionStream>(std::move(connection), std::move(head));
    co_return response;
  }
  beast_http::response_parser<beast_http::string_body> parser(std::move(head));
  parser.body_limit(options.max_body_bytes);
  if (!parser.is_done())
    co_await beast_http::async_read(connection->stream, connection->buffer, parser, use_ec(ec));
  if (ec) co_return std::unexpected(unavailable(ec.message()));
  const bool keep_alive = parser.keep_alive();
  response.body = std::move(parser.get().body());
  if (keep_alive) keep(loop, std::move(connection));
  co_return response;
}

BeastClient::BeastClient(ClientOptions options) : impl_(std::make_shared<Impl>(std::move(options))) {}
BeastClient::~BeastClient() = default;

void BeastClient::stop() {
  const std::scoped_lock lock(impl_->mutex);
  impl_->stopped = true;
  // Each on its own loop, where it may have ended by then; to give that up does nothing.
  for (const auto& [loop, requests] : impl_->under_way)
    loop->post([requests] {
      for (const auto& request : requests) request->request();
    });
}

void BeastClient::measure(Metrics& metrics, const Metrics::Labels& labels) const {
  const auto gauge = [&](const char* name, const char* help, auto read) {
    metrics.gauge(name, help, labels, [read] { return static_cast<double>(read()); });
  };
  const auto* impl = impl_.get();
  gauge("cloudcart_upstream_connections_in_use", "Connections to an upstream with a request under way.",
        [impl] { return impl->slots.in_use(); });
  gauge("cloudcart_upstream_connections_limit", "Connections to an upstream that may be used at a time.",
        [impl] { return impl->options.max_connections; });
  gauge("cloudcart_upstream_waiting", "Requests that wait for a connection to an upstream.",
        [impl] { return impl->slots.waiting(); });
  gauge("cloudcart_upstream_waiting_limit",
        "Requests that may wait for a connection to an upstream; more are refused.",
        [impl] { return impl->options.max_waiting; });
}

Task<Result<Response>> BeastClient::send(ClientRequest request, Deadline deadline) {
  auto* loop = dynamic_cast<EventLoop*>(Executor::current());
  if (!loop) throw std::logic_error("an HTTP client is used from tasks on an event loop");
  const auto impl = impl_;
  if (loop->now() > deadline)
    co_return fail(ErrorCode::deadline_exceeded, "The request waited longer than its time limit.");
  if (!request.cancellation) request.cancellation = std::make_shared<Cancellation>();
  const Impl::UnderWay entry(*impl, *loop, request.cancellation);
  if (entry.is_refused()) co_return std::unexpected(impl->unavailable("this process is stopping"));
  const auto slot = co_await impl->slots.take(deadline, request.cancellation);
  if (!slot) {
    co_return fail(ErrorCode::overloaded,
                   fmt::format("All connections to the service at {} are busy.", impl->options.base_url));
  }
  co_return co_await await_value<Result<Response>>([&](Resolver<Result<Response>> resolve) {
    asio::co_spawn(
        loop->context(),
        [impl, loop, request = std::move(request), deadline]() mutable -> asio::awaitable<Result<Response>> {
          co_return co_await impl->exchange(*loop, std::move(request), deadline);
        },
        [resolve, impl](std::exception_ptr failure, Result<Response> answer) {
          if (failure) answer = std::unexpected(impl->unavailable("the exchange failed"));
          resolve(std::move(answer));
        });
  });
}

}  // namespace cloudcart::http
