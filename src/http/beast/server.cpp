#include "http/server.h"

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <semaphore>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/chrono.h>
#include <spdlog/spdlog.h>

#include "core/text.h"
#include "http/beast/arrival_time.h"
#include "http/beast/await_io.h"
#include "http/upgrade.h"

namespace cloudcart::http {

namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// With the context's own executor type, so that no operation goes through a type-erased one.
using Loop = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Loop>;
using Acceptor = asio::basic_socket_acceptor<tcp, Loop>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Loop>;
using Parser = beast_http::request_parser<beast_http::string_body>;

/// How often the time limits of the connections are looked at, and so how late one may be noticed. A timer of
/// its own for each operation costs more than the operation.
constexpr milliseconds limit_check_interval{200};

/// Of a reader that is written to for long. The kernel's own bound is some MB: what a slow reader would get
/// of it is old, and of thousands of them it is a lot.
constexpr int stream_send_buffer = 128 << 10;

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
  } else if (response.status >= 200 && response.status != 204 && response.status != 304) {
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", response.body.size());
  }
  if (response.upgrade) {
    head += "Connection: upgrade\r\n\r\n";
  } else {
    // Who names another protocol must say that the field is for this connection (RFC 9110 section 7.8).
    const std::string_view option = response.headers.find("Upgrade") ? "upgrade, " : "";
    fmt::format_to(std::back_inserter(head), "Connection: {}{}\r\n\r\n", option,
                   keep_alive ? "keep-alive" : "close");
  }
  if (!head_only && !response.stream && response.body.size() < 16'384 && response.status != 304)
    head += response.body;
  return head;
}

/// What to answer to a head or body that could not be read; nullopt: close without a word.
std::optional<Error> error_of_read(error_code ec) {
  using beast_http::error;
  if (ec == error::end_of_stream || ec == error::partial_message) return std::nullopt;
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

Request make_request(Parser& parser, std::string remote_address, MonotonicTime arrived_at) {
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
  request.received_at = arrived_at;
  return request;
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Impl> {
  struct Session;
  class SessionConnection;
  /// A loop and the connections that live on it; touched on that loop only.
  struct Shard {
    explicit Shard(EventLoop* event_loop)
        : loop(event_loop), limit_check(std::in_place, event_loop->context()) {}

    EventLoop* loop;
    std::list<Session*> sessions;
    std::optional<Timer> limit_check;  ///< until the server lets go of its loops
    bool checks_limits = false;
  };

  Impl(ServerOptions o, std::vector<EventLoop*> event_loops, Handler h, Refusal r)
      : options(std::move(o)),
        handler(std::move(h)),
        refusal(std::move(r)),
        acceptor(std::in_place, event_loops.front()->context()),
        accept_pause(std::in_place, event_loops.front()->context()) {
    for (auto* loop : event_loops) shards.emplace_back(loop);
    listen();
  }

  void listen();
  Task<void> accept_loop();
  void check_limits(Shard& shard);
  void let_go_of_loops();
  void close_idle(Shard& shard);
  void close_all(Shard& shard);
  template <class F>
  void on_every_loop(F work);

  const ServerOptions options;
  const Handler handler;
  const Refusal refusal;
  std::optional<Acceptor> acceptor;  ///< until the server lets go of its loops
  std::optional<Timer> accept_pause;
  std::uint16_t port = 0;
  std::deque<Shard> shards;
  std::atomic<bool> winding_down{false};
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> open{0};
  std::mutex mutex;
  std::condition_variable closed;
  std::mutex letting_go;
  bool has_let_go = false;
};

/// One connection.
struct Server::Impl::Session : std::enable_shared_from_this<Session> {
  Session(std::shared_ptr<Impl> owner, Shard& home, Socket connected)
      : server(std::move(owner)), shard(home), socket(std::move(connected)) {
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

  Task<void> run();
  Task<bool> serve_one();
  Task<bool> read_head(Parser& parser);
  Task<bool> read_body(Parser& parser);
  Task<bool> read_first();
  Task<bool> read_more();
  Task<bool> send(std::array<asio::const_buffer, 2> pieces);
  Task<bool> write(Response response, bool keep_alive, bool head_only);
  Task<bool> write_stream(std::shared_ptr<BodyStream> body);
  Task<void> hand_over(std::shared_ptr<Upgrade> upgrade);
  Task<void> refuse(Error error);
  void watch_for_close();
  void close();
  void limit_in(milliseconds time) { limit = std::chrono::steady_clock::now() + time; }
  void no_limit() { limit = MonotonicTime::max(); }

  std::shared_ptr<Impl> server;
  Shard& shard;
  std::list<Session*>::iterator place;
  Socket socket;
  boost::beast::flat_buffer buffer;
  std::string remote_address;
  bool idle = true;
  MonotonicTime arrived_at{};                  ///< when the bytes came that were read last
  MonotonicTime limit = MonotonicTime::max();  ///< when what is waited for takes too long
  bool late = false;                           ///< the last wait was cut short by it
  std::shared_ptr<BodyStream> streaming;
  std::shared_ptr<Upgrade> upgraded;
};

/// A session's connection after it has left HTTP.
class Server::Impl::SessionConnection final : public UpgradedConnection {
 public:
  explicit SessionConnection(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  Task<std::optional<std::string>> read() override {
    auto& buffer = session_->buffer;
    if (buffer.size() == 0 && !co_await session_->read_more()) co_return std::nullopt;
    std::string bytes(static_cast<const char*>(buffer.data().data()), buffer.size());
    buffer.clear();
    co_return bytes;
  }
  Task<bool> write(std::string bytes) override {
    const bool written = co_await session_->send({asio::buffer(bytes), {}});
    session_->no_limit();
    co_return written;
  }
  void close() override { session_->close(); }

 private:
  const std::shared_ptr<Session> session_;
};

void Server::Impl::listen() {
  error_code ec;
  const auto address = asio::ip::make_address(options.address, ec);
  if (ec) throw std::runtime_error(fmt::format("'{}' is no IP address to listen on.", options.address));
  const tcp::endpoint endpoint(address, options.port);
  acceptor->open(endpoint.protocol());
  acceptor->set_option(tcp::acceptor::reuse_address(true));
  acceptor->bind(endpoint, ec);
  if (!ec) acceptor->listen(1024, ec);
  if (ec) {
    throw std::runtime_error(
        fmt::format("Cannot listen on {}:{}: {}. Choose another port (0 takes any free one).",
                    options.address, options.port, ec.message()));
  }
  port = acceptor->local_endpoint().port();
}

Task<void> Server::Impl::accept_loop() {
  auto self = shared_from_this();
  for (std::size_t turn = 0; !draining; ++turn) {
    auto& shard = shards[turn % shards.size()];
    Socket socket(shard.loop->context());
    const auto accepted =
        co_await await_io([&](auto done) { acceptor->async_accept(socket, std::move(done)); });
    if (draining || accepted.error == asio::error::operation_aborted) break;
    if (accepted.error) {
      // Out of file descriptors or a connection that went away: wait a moment, so as not to spin.
      spdlog::warn("accept failed: {}", accepted.error.message());
      accept_pause->expires_after(milliseconds{50});
      co_await await_io([&](auto done) { accept_pause->async_wait(std::move(done)); });
      continue;
    }
    if (open.load() >= options.max_connections) continue;  // the socket closes here
    ++open;
    shard.loop->post([self, &shard, connected = std::move(socket)]() mutable {
      auto session = std::make_shared<Session>(self, shard, std::move(connected));
      if (!shard.checks_limits) self->check_limits(shard);
      auto* running = session.get();
      cloudcart::start(running->run(), [session = std::move(session)](auto) {});
    });
  }
}

/// Cuts short what takes too long, now and again while there are connections.
void Server::Impl::check_limits(Shard& shard) {
  shard.checks_limits = !shard.sessions.empty() && shard.limit_check;
  if (!shard.checks_limits) return;
  const auto now = std::chrono::steady_clock::now();
  for (auto* session : shard.sessions) {
    if (now < session->limit) continue;
    session->no_limit();
    session->late = true;
    error_code ignored;
    session->socket.cancel(ignored);
  }
  shard.limit_check->expires_after(limit_check_interval);
  shard.limit_check->async_wait(
      [self = shared_from_this(), &shard](error_code) { self->check_limits(shard); });
}

template <class F>
void Server::Impl::on_every_loop(F work) {
  for (auto& shard : shards)
    shard.loop->post([self = shared_from_this(), &shard, work] { work(*self, shard); });
}

/// Gives up what belongs to a loop, on that loop: whoever holds the last reference to this may be another one, which
/// ends later.
void Server::Impl::let_go_of_loops() {
  const std::scoped_lock once(letting_go);
  if (std::exchange(has_let_go, true)) return;
  const auto done = std::make_shared<std::counting_semaphore<>>(0);
  for (auto& shard : shards) {
    shard.loop->post([self = shared_from_this(), &shard, done] {
      shard.limit_check.reset();
      if (&shard == &self->shards.front()) {
        self->acceptor.reset();
        self->accept_pause.reset();
      }
      // After what waited for one of them has been told that it is over.
      shard.loop->post([done] { done->release(); });
    });
  }
  const auto until = std::chrono::steady_clock::now() + seconds{1};
  for (std::size_t i = 0; i < shards.size(); ++i)
    if (!done->try_acquire_until(until)) return;
}

void Server::Impl::close_idle(Shard& shard) {
  for (auto* session : shard.sessions) {
    if (session->streaming) session->streaming->cancel();
    if (session->upgraded) session->upgraded->end(Upgrade::End::draining);
    // One whose request has come and not been read yet is not idle: it is answered first.
    error_code ignored;
    if (session->idle && session->socket.available(ignored) == 0) session->close();
  }
}

void Server::Impl::close_all(Shard& shard) {
  for (auto* session : shard.sessions) session->close();
}

void Server::Impl::Session::close() {
  error_code ignored;
  socket.close(ignored);
}

Task<void> Server::Impl::Session::run() {
  error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec) co_return;
  remote_address = peer.address().to_string();
  socket.set_option(tcp::no_delay(true), ec);
  socket.non_blocking(true, ec);
  note_arrival_times(socket.native_handle());
  try {
    while (co_await serve_one()) {
    }
  } catch (const std::exception& failure) {
    spdlog::error("connection of {} ended: {}", remote_address, failure.what());
  }
  socket.shutdown(tcp::socket::shutdown_send, ec);
  // Now, and not with the session: the wait of watch_for_close may hold that for longer.
  close();
}

/// Reads and answers one request; false when the connection ends.
Task<bool> Server::Impl::Session::serve_one() {
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
  no_limit();
  const bool keep_alive = parser.get().keep_alive();
  auto request = make_request(parser, remote_address, arrived_at);
  const bool head_only = request.method == Method::head;
  auto response = co_await server->handler(std::move(request));
  const bool kept = keep_alive && !server->winding_down && !server->draining;
  if (!co_await write(std::move(response), kept, head_only)) co_return false;
  idle = true;
  co_return kept && !server->draining;
}

Task<bool> Server::Impl::Session::read_head(Parser& parser) {
  error_code ec;
  // Between requests a connection may rest; the shorter limit starts with the first byte.
  if (buffer.size() == 0) {
    limit_in(server->options.idle_timeout);
    if (!co_await read_first()) co_return false;
  } else {
    arrived_at = std::chrono::steady_clock::now();
  }
  limit_in(server->options.head_timeout);
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
    if (!co_await read_more()) {
      if (late) co_await refuse({ErrorCode::request_timeout, "The request took too long to arrive.", {}});
      co_return false;
    }
  }
  if (auto error = error_of_read(ec)) co_await refuse(*std::move(error));
  co_return false;
}

/// The first bytes of a request. They may have waited in the socket, while this loop was busy with others.
Task<bool> Server::Impl::Session::read_first() {
  const auto waited =
      co_await await_io([this](auto done) { socket.async_wait(tcp::socket::wait_read, std::move(done)); });
  if (waited.error) co_return false;
  const auto arrived = arrival_of_next_byte(socket.native_handle());
  if (!co_await read_more()) co_return false;
  arrived_at = arrived;
  co_return true;
}

/// Appends what comes to the buffer. False when the connection ended, or nothing came in time: then `late` is
/// set, and the connection can still be written to.
Task<bool> Server::Impl::Session::read_more() {
  late = false;
  const auto [error, bytes] =
      co_await await_io([this](auto done) { socket.async_read_some(buffer.prepare(4096), std::move(done)); });
  buffer.commit(bytes);
  arrived_at = std::chrono::steady_clock::now();
  co_return !error;
}

Task<bool> Server::Impl::Session::read_body(Parser& parser) {
  if (parser.is_done()) co_return true;
  limit_in(server->options.body_timeout);
  if (beast_http::token_list{parser.get()[beast_http::field::expect]}.exists("100-continue") &&
      !co_await send({asio::buffer(std::string_view{"HTTP/1.1 100 Continue\r\n\r\n"}), {}}))
    co_return false;
  parser.eager(true);
  for (;;) {
    error_code ec;
    if (buffer.size() > 0) buffer.consume(parser.put(buffer.data(), ec));
    if (parser.is_done()) co_return true;
    if (ec && ec != beast_http::error::need_more) {
      if (auto error = error_of_read(ec)) co_await refuse(*std::move(error));
      co_return false;
    }
    if (!co_await read_more()) co_return false;
  }
}

/// Answers a request that could not be read. Its rest may still be on the way, so the connection cannot be
/// kept.
Task<void> Server::Impl::Session::refuse(Error error) {
  co_await write(server->refusal(error), false, false);
  error_code ec;
  socket.shutdown(tcp::socket::shutdown_send, ec);
  // Closing with unread data resets the connection, and the client might never see the answer: read a little
  // first.
  limit_in(seconds{1});
  for (int i = 0; i < 64; ++i) {
    buffer.clear();
    if (!co_await read_more()) co_return;
  }
}

/// Writes both pieces. Mostly the socket takes them at once; then nothing is waited for.
Task<bool> Server::Impl::Session::send(std::array<asio::const_buffer, 2> pieces) {
  error_code ec;
  std::size_t taken = socket.write_some(pieces, ec);
  if (ec == asio::error::would_block || ec == asio::error::try_again) ec.clear();
  if (ec) co_return false;
  for (auto& piece : pieces) {
    const auto step = std::min(taken, piece.size());
    piece += step;
    taken -= step;
  }
  if (asio::buffer_size(pieces) == 0) co_return true;
  limit_in(server->options.write_timeout);
  const auto written =
      co_await await_io([&](auto done) { asio::async_write(socket, pieces, std::move(done)); });
  co_return !written.error;
}

Task<bool> Server::Impl::Session::write(Response response, bool keep_alive, bool head_only) {
  const auto head = head_of(response, keep_alive, head_only);
  const bool body_in_head = response.body.size() < 16'384;
  const bool has_body = !head_only && !response.stream && !body_in_head && response.status != 304;
  if (!co_await send({asio::buffer(head),
                      asio::buffer(has_body ? std::string_view{response.body} : std::string_view{})})) {
    if (response.stream) response.stream->cancel();
    co_return false;
  }
  if (response.upgrade) {
    co_await hand_over(std::move(response.upgrade));
    co_return false;
  }
  if (response.stream && !head_only) co_return co_await write_stream(std::move(response.stream));
  co_return true;
}

Task<bool> Server::Impl::Session::write_stream(std::shared_ptr<BodyStream> body) {
  streaming = body;
  error_code ignored;
  socket.set_option(asio::socket_base::send_buffer_size(stream_send_buffer), ignored);
  watch_for_close();
  bool written = true;
  while (written && !server->draining) {
    no_limit();
    auto piece = co_await body->next();
    if (!piece) break;
    if (piece->empty()) continue;
    const auto size = fmt::format("{:x}\r\n", piece->size());
    piece->append("\r\n");
    written = co_await send({asio::buffer(size), asio::buffer(*piece)});
  }
  streaming.reset();
  body->cancel();
  if (written) (void)co_await send({asio::buffer(std::string_view{"0\r\n\r\n"}), {}});
  // A reader that sent more while it was streamed to is not read from again.
  co_return false;
}

Task<void> Server::Impl::Session::hand_over(std::shared_ptr<Upgrade> upgrade) {
  upgraded = upgrade;
  error_code ignored;
  socket.set_option(asio::socket_base::send_buffer_size(stream_send_buffer), ignored);
  no_limit();
  if (server->draining) upgrade->end(Upgrade::End::draining);
  co_await upgrade->run(std::make_shared<SessionConnection>(shared_from_this()));
  upgraded.reset();
}

/// Notices a reader that has gone while nothing is written.
void Server::Impl::Session::watch_for_close() {
  socket.async_wait(tcp::socket::wait_read, [session = weak_from_this()](error_code ec) {
    const auto self = session.lock();
    if (!self || !self->streaming || ec == asio::error::operation_aborted) return;
    char byte;
    const auto got = ec ? 0 : self->socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, ec);
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
  impl_->shards.front().loop->post(
      [impl = impl_] { cloudcart::start(impl->accept_loop(), [impl](auto) {}); });
}

void Server::wind_down() {
  impl_->winding_down = true;
}

void Server::drain(milliseconds limit) {
  if (!impl_->draining.exchange(true)) {
    impl_->shards.front().loop->post([impl = impl_] {
      error_code ignored;
      impl->acceptor->close(ignored);
    });
    impl_->on_every_loop([](Impl& server, Impl::Shard& shard) { server.close_idle(shard); });
  }
  std::unique_lock lock(impl_->mutex);
  const auto none_open = [this] { return impl_->open == 0; };
  if (!impl_->closed.wait_for(lock, limit, none_open)) {
    lock.unlock();
    impl_->on_every_loop([](Impl& server, Impl::Shard& shard) { server.close_all(shard); });
    lock.lock();
    impl_->closed.wait_for(lock, seconds{1}, none_open);
  }
  lock.unlock();
  impl_->let_go_of_loops();
}

}  // namespace cloudcart::http
