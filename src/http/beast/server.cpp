#include "http/server.h"

#include <condition_variable>
#include <list>
#include <mutex>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

#include "core/text.h"
#include "http/beast/task_bridge.h"

namespace cloudcart::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Stream = boost::beast::basic_stream<tcp, asio::io_context::executor_type>;
using Parser = beast_http::request_parser<beast_http::string_body>;

constexpr auto use_ec(error_code& ec) {
  return asio::redirect_error(asio::use_awaitable, ec);
}

std::string_view reason_of(int status) {
  const auto text = beast_http::obsolete_reason(static_cast<beast_http::status>(status));
  return {text.data(), text.size()};
}

/// The Date field, made anew once a second.
const std::string& http_date() {
  thread_local std::time_t made_for = 0;
  thread_local std::string text;
  const auto now = std::time(nullptr);
  if (now != made_for) {
    text = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(now));
    made_for = now;
  }
  return text;
}

std::string head_of(const Response& response, bool keep_alive, bool head_only) {
  std::string head;
  head.reserve(512);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\nDate: {}\r\n", response.status,
                 reason_of(response.status), http_date());
  for (const auto& [name, value] : response.headers.fields()) {
    head += name;
    head += ": ";
    // A line break in a value would begin a field, or a body, of somebody else's making.
    for (const char c : value)
      if (c != '\r' && c != '\n') head += c;
    head += "\r\n";
  }
  if (response.stream) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (response.status != 204 && response.status != 304) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
  }
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (!head_only && !response.stream && response.body.size() < 16'384 && response.status != 304)
    head += response.body;
  return head;
}

/// What to answer to a head or body that could not be read; nullopt: close without a word.
std::optional<Error> error_of_read(error_code ec) {
  using beast_http::error;
  if (ec == error::end_of_stream || ec == asio::error::eof || ec == asio::error::connection_reset ||
      ec == asio::error::operation_aborted || ec == error::partial_message ||
      ec == boost::beast::error::timeout)
    return std::nullopt;
  if (ec == error::body_limit)
    return Error{ErrorCode::payload_too_large, "The body is larger than this server accepts.", {}};
  if (ec == error::header_limit)
    return Error{ErrorCode::headers_too_large, "The request's head is larger than this server accepts.", {}};
  return Error{ErrorCode::malformed_request, "The request is not valid HTTP/1.1: " + ec.message() + ".", {}};
}

/// Shapes that parsers along the way may read differently (request smuggling), refused whatever the body.
bool is_ambiguous(const Parser& parser) {
  const auto& head = parser.get();
  if (head.count(beast_http::field::host) != 1 && head.version() >= 11) return true;
  if (head.count(beast_http::field::transfer_encoding) == 0) return false;
  const auto coding = head[beast_http::field::transfer_encoding];
  return head.count(beast_http::field::content_length) > 0 ||
         !ascii_iequals({coding.data(), coding.size()}, "chunked");
}

/// A field that goes on in the next line. Beast would join the lines in silence, others would not.
bool holds_folded_field(std::string_view unread_head) {
  const auto head = unread_head.substr(0, unread_head.find("\r\n\r\n"));
  return head.find("\r\n ") != std::string_view::npos || head.find("\r\n\t") != std::string_view::npos;
}

Request make_request(Parser& parser, std::string remote_address) {
  auto& message = parser.get();
  Request request;
  const auto word = message.method_string();
  request.method = parse_method({word.data(), word.size()});
  request.target = std::string{message.target()};
  for (const auto& field : message) {
    const auto name = field.name_string(), value = field.value();
    request.headers.add({name.data(), name.size()}, std::string{value.data(), value.size()});
  }
  request.body = std::move(message.body());
  request.remote_address = std::move(remote_address);
  request.received_at = std::chrono::steady_clock::now();
  return request;
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Impl> {
  struct Session;
  /// A loop and the connections that live on it; touched on that loop only.
  struct Shard {
    EventLoop* loop;
    std::list<Session*> sessions;
  };

  Impl(ServerOptions o, std::vector<EventLoop*> event_loops, Handler h, Refusal r)
      : options(std::move(o)),
        handler(std::move(h)),
        refusal(std::move(r)),
        acceptor(event_loops.front()->context()) {
    for (auto* loop : event_loops) shards.push_back({loop, {}});
    listen();
  }

  void listen();
  asio::awaitable<void> accept_loop();
  void close_idle(Shard& shard);
  void close_all(Shard& shard);
  template <class F>
  void on_every_loop(F work);

  const ServerOptions options;
  const Handler handler;
  const Refusal refusal;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  std::deque<Shard> shards;
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> open{0};
  std::mutex mutex;
  std::condition_variable closed;
};

/// One connection.
struct Server::Impl::Session : std::enable_shared_from_this<Session> {
  Session(std::shared_ptr<Impl> owner, Shard& home, Stream::socket_type socket)
      : server(std::move(owner)), shard(home), stream(std::move(socket)) {
    place = shard.sessions.insert(shard.sessions.end(), this);
  }
  ~Session() {
    shard.sessions.erase(place);
    {
      const std::scoped_lock lock(server->mutex);
      --server->open;
    }
    server->closed.notify_all();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  asio::awaitable<void> run();
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> read_head(Parser& parser);
  asio::awaitable<bool> read_body(Parser& parser);
  asio::awaitable<bool> read_more(milliseconds limit);
  asio::awaitable<bool> write(Response response, bool keep_alive, bool head_only);
  asio::awaitable<bool> write_stream(std::shared_ptr<BodyStream> body);
  asio::awaitable<void> refuse(Error error);
  void watch_for_close();

  std::shared_ptr<Impl> server;
  Shard& shard;
  std::list<Session*>::iterator place;
  Stream stream;
  boost::beast::flat_buffer buffer;
  std::string remote_address;
  bool idle = true;
  bool late = false;
  std::uint64_t read_turn = 0;
  std::shared_ptr<BodyStream> streaming;
};

void Server::Impl::listen() {
  error_code ec;
  const auto address = asio::ip::make_address(options.address, ec);
  if (ec) throw std::runtime_error(fmt::format("'{}' is no IP address to listen on.", options.address));
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(1024, ec);
  if (ec) {
    throw std::runtime_error(
        fmt::format("Cannot listen on {}:{}: {}. Choose another port (0 takes any free one).",
                    options.address, options.port, ec.message()));
  }
  port = acceptor.local_endpoint().port();
}

asio::awaitable<void> Server::Impl::accept_loop() {
  auto self = shared_from_this();
  for (std::size_t turn = 0; !draining; ++turn) {
    auto& shard = shards[turn % shards.size()];
    Stream::socket_type socket(shard.loop->context());
    error_code ec;
    co_await acceptor.async_accept(socket, use_ec(ec));
    if (draining || ec == asio::error::operation_aborted) break;
    if (ec) {
      // Out of file descriptors or a connection that went away: wait a moment, so as not to spin.
      spdlog::warn("accept failed: {}", ec.message());
      asio::steady_timer pause(acceptor.get_executor(), milliseconds{50});
      co_await pause.async_wait(use_ec(ec));
      continue;
    }
    if (open.load() >= options.max_connections) continue;  // the socket closes here
    ++open;
    asio::post(shard.loop->context(), [self, &shard, socket = std::move(socket)]() mutable {
      auto session = std::make_shared<Session>(self, shard, std::move(socket));
      asio::co_spawn(
          shard.loop->context(), [session]() -> asio::awaitable<void> { co_await session->run(); },
          asio::detached);
    });
  }
}

template <class F>
void Server::Impl::on_every_loop(F work) {
  for (auto& shard : shards)
    shard.loop->post([self = shared_from_this(), &shard, work] { work(*self, shard); });
}

void Server::Impl::close_idle(Shard& shard) {
  for (auto* session : shard.sessions) {
    if (session->streaming) session->streaming->cancel();
    if (session->idle) session->stream.close();
  }
}

void Server::Impl::close_all(Shard& shard) {
  for (auto* session : shard.sessions) session->stream.close();
}

asio::awaitable<void> Server::Impl::Session::run() {
  error_code ec;
  const auto peer = stream.socket().remote_endpoint(ec);
  if (ec) co_return;
  remote_address = peer.address().to_string();
  stream.socket().set_option(tcp::no_delay(true), ec);
  try {
    while (co_await serve_one()) {
    }
  } catch (const std::exception& failure) {
    spdlog::error("connection of {} ended: {}", remote_address, failure.what());
  }
  stream.socket().shutdown(tcp::socket::shutdown_send, ec);
}

/// Reads and answers one request; false when the connection ends.
asio::awaitable<bool> Server::Impl::Session::serve_one() {
  Parser parser;
  parser.header_limit(server->options.max_head_bytes);
  parser.body_limit(server->options.max_body_bytes);
  if (!co_await read_head(parser)) co_return false;
  idle = false;
  if (is_ambiguous(parser)) {
    co_await refuse({ErrorCode::malformed_request,
                     "The request's head is ambiguous: one Host, and one way to tell the body's length.",
                     {}});
    co_return false;
  }
  if (!co_await read_body(parser)) co_return false;
  const bool keep_alive = parser.get().keep_alive() && !server->draining;
  auto request = make_request(parser, remote_address);
  const bool head_only = request.method == Method::head;
  stream.expires_never();
  auto response = co_await beast::await_task(server->handler(std::move(request)));
  const bool kept = keep_alive && !server->draining;
  if (!co_await write(std::move(response), kept, head_only)) co_return false;
  idle = true;
  co_return kept && !server->draining;
}

asio::awaitable<bool> Server::Impl::Session::read_head(Parser& parser) {
  error_code ec;
  // Between requests a connection may rest; the shorter limit starts with the first byte.
  if (buffer.size() == 0 && !co_await read_more(server->options.idle_timeout)) co_return false;
  const auto limit = std::chrono::steady_clock::now() + server->options.head_timeout;
  for (;;) {
    const std::string_view unread{static_cast<const char*>(buffer.data().data()), buffer.size()};
    if (holds_folded_field(unread)) {
      co_await refuse(
          {ErrorCode::malformed_request, "A header field goes on in a second line; put it into one.", {}});
      co_return false;
    }
    buffer.consume(parser.put(buffer.data(), ec));
    if (parser.is_header_done()) co_return true;
    if (ec && ec != beast_http::error::need_more) break;
    const auto left = limit - std::chrono::steady_clock::now();
    if (!co_await read_more(std::chrono::ceil<milliseconds>(left))) {
      if (late) co_await refuse({ErrorCode::request_timeout, "The request took too long to arrive.", {}});
      co_return false;
    }
  }
  if (auto error = error_of_read(ec)) co_await refuse(*std::move(error));
  co_return false;
}

/// Appends what comes to the buffer. False when the connection ended, or nothing came in time: then `late` is
/// set, and the stream can still be written to (its own timer would close it).
asio::awaitable<bool> Server::Impl::Session::read_more(milliseconds limit) {
  error_code ec;
  late = false;
  stream.expires_never();
  asio::steady_timer timer(stream.get_executor(), std::max(limit, milliseconds{0}));
  // A timer that expires together with the read may be queued already; it must not cancel what comes next.
  const auto turn = ++read_turn;
  timer.async_wait([session = weak_from_this(), turn](error_code cancelled) {
    const auto self = session.lock();
    if (cancelled || !self || self->read_turn != turn) return;
    self->late = true;
    self->stream.cancel();
  });
  const auto got = co_await stream.async_read_some(buffer.prepare(4096), use_ec(ec));
  buffer.commit(got);
  ++read_turn;
  co_return !ec;
}

asio::awaitable<bool> Server::Impl::Session::read_body(Parser& parser) {
  error_code ec;
  if (parser.is_done()) co_return true;
  stream.expires_after(server->options.body_timeout);
  if (beast_http::token_list{parser.get()[beast_http::field::expect]}.exists("100-continue")) {
    co_await asio::async_write(stream, asio::buffer(std::string_view{"HTTP/1.1 100 Continue\r\n\r\n"}),
                               use_ec(ec));
    if (ec) co_return false;
  }
  co_await beast_http::async_read(stream, buffer, parser, use_ec(ec));
  if (!ec) co_return true;
  if (auto error = error_of_read(ec)) co_await refuse(*std::move(error));
  co_return false;
}

/// Answers a request that could not be read. Its rest may still be on the way, so the connection cannot be
/// kept.
asio::awaitable<void> Server::Impl::Session::refuse(Error error) {
  co_await write(server->refusal(error), false, false);
  error_code ec;
  stream.socket().shutdown(tcp::socket::shutdown_send, ec);
  // Closing with unread data resets the connection, and the client might never see the answer: read a little
  // first.
  stream.expires_after(seconds{1});
  std::array<char, 16'384> rest;
  for (int i = 0; i < 64 && !ec; ++i) co_await stream.async_read_some(asio::buffer(rest), use_ec(ec));
}

asio::awaitable<bool> Server::Impl::Session::write(Response response, bool keep_alive, bool head_only) {
  error_code ec;
  const auto head = head_of(response, keep_alive, head_only);
  stream.expires_after(server->options.write_timeout);
  const bool body_in_head = response.body.size() < 16'384;
  const bool has_body = !head_only && !response.stream && !body_in_head && response.status != 304;
  const std::array buffers{asio::buffer(head),
                           asio::buffer(has_body ? std::string_view{response.body} : std::string_view{})};
  co_await asio::async_write(stream, buffers, use_ec(ec));
  if (ec) {
    if (response.stream) response.stream->cancel();
    co_return false;
  }
  if (response.stream && !head_only) co_return co_await write_stream(std::move(response.stream));
  co_return true;
}

asio::awaitable<bool> Server::Impl::Session::write_stream(std::shared_ptr<BodyStream> body) {
  streaming = body;
  watch_for_close();
  error_code ec;
  while (!ec && !server->draining) {
    stream.expires_never();
    auto piece = co_await beast::await_task(body->next());
    if (!piece) break;
    if (piece->empty()) continue;
    const auto chunk = fmt::format("{:x}\r\n{}\r\n", piece->size(), *piece);
    stream.expires_after(server->options.write_timeout);
    co_await asio::async_write(stream, asio::buffer(chunk), use_ec(ec));
  }
  streaming.reset();
  body->cancel();
  if (!ec) co_await asio::async_write(stream, asio::buffer(std::string_view{"0\r\n\r\n"}), use_ec(ec));
  stream.socket().cancel(ec);
  // A reader that sent more while it was streamed to is not read from again.
  co_return false;
}

/// Notices a reader that has gone while nothing is written.
void Server::Impl::Session::watch_for_close() {
  stream.socket().async_wait(tcp::socket::wait_read, [session = weak_from_this()](error_code ec) {
    const auto self = session.lock();
    if (!self || !self->streaming || ec == asio::error::operation_aborted) return;
    char byte;
    const auto got =
        ec ? 0 : self->stream.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
    if (ec || got == 0) self->streaming->cancel();
  });
}

Server::Server(ServerOptions options, std::vector<EventLoop*> loops, Handler handler, Refusal refusal)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(loops), std::move(handler),
                                   std::move(refusal))) {}

Server::~Server() {
  drain(milliseconds{0});
}

std::uint16_t Server::port() const {
  return impl_->port;
}
std::size_t Server::connections() const {
  return impl_->open;
}

void Server::start() {
  asio::co_spawn(
      impl_->acceptor.get_executor(),
      [impl = impl_]() -> asio::awaitable<void> { co_await impl->accept_loop(); }, asio::detached);
}

void Server::drain(milliseconds limit) {
  if (!impl_->draining.exchange(true)) {
    asio::post(impl_->acceptor.get_executor(), [impl = impl_] {
      error_code ignored;
      impl->acceptor.close(ignored);
    });
    impl_->on_every_loop([](Impl& server, Impl::Shard& shard) { server.close_idle(shard); });
  }
  std::unique_lock lock(impl_->mutex);
  const auto none_open = [this] { return impl_->open == 0; };
  if (impl_->closed.wait_for(lock, limit, none_open)) return;
  lock.unlock();
  impl_->on_every_loop([](Impl& server, Impl::Shard& shard) { server.close_all(shard); });
  lock.lock();
  impl_->closed.wait_for(lock, seconds{1}, none_open);
}

}  // namespace cloudcart::http
