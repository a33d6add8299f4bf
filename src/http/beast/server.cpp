#include "http/server.h"

#include <semaphore>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "http/beast/session.h"

namespace cloudcart::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

/// How often the time limits of the connections are looked at, and so how late one may be noticed. A timer of
/// its own for each operation costs more than the operation.
constexpr milliseconds limit_check_interval{200};

/// Who came at once is late at once: to answer thousands would keep the others waiting.
constexpr int most_late_at_once = 32;
constexpr milliseconds next_late_interval{2};

AddressBytes bytes_of(const asio::ip::address& address) {
  const auto v6 =
      address.is_v6() ? address.to_v6() : asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
  const auto bytes = v6.to_bytes();
  AddressBytes copy;
  std::ranges::copy(bytes, copy.begin());
  return copy;
}

void close_longest_idle(Shard& shard) {
  Session* longest = nullptr;
  for (auto* session : shard.sessions)
    if (session->idle_since() && (!longest || session->idle_since() < longest->idle_since()))
      longest = session;
  if (longest) longest->close();
}

}  // namespace

struct Server::Impl : std::enable_shared_from_this<Impl> {
  Impl(ServerOptions o, std::vector<EventLoop*> event_loops, Handler h, Refusal r)
      : state(std::make_shared<ServerState>(std::move(o), event_loops, std::move(h), std::move(r))),
        acceptor(std::in_place, event_loops.front()->context()),
        accept_pause(std::in_place, event_loops.front()->context()) {
    listen();
  }

  void listen();
  Task<void> accept_loop();
  bool has_room_for(const tcp::endpoint& peer);
  void begin_session(Shard& shard, Channel::Socket socket, const tcp::endpoint& peer);
  void check_limits(Shard& shard);
  void let_go_of_loops();
  template <class F>
  void on_every_loop(F work);

  const std::shared_ptr<ServerState> state;
  std::optional<Acceptor> acceptor;  ///< until the server lets go of its loops
  std::optional<Shard::Timer> accept_pause;
  std::uint16_t port = 0;
  std::mutex letting_go;
  bool has_let_go = false;
};

void Server::Impl::listen() {
  const auto& options = state->options;
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
  for (std::size_t turn = 0; !state->draining; ++turn) {
    auto& shard = state->shards[turn % state->shards.size()];
    Channel::Socket socket(shard.loop->context());
    tcp::endpoint peer;
    const auto accepted =
        co_await await_io([&](auto done) { acceptor->async_accept(socket, peer, std::move(done)); });
    if (state->draining || accepted.error == asio::error::operation_aborted) break;
    if (accepted.error) {
      // Out of file descriptors or a connection that went away: wait a moment, so as not to spin.
      spdlog::warn("accept failed: {}", accepted.error.message());
      accept_pause->expires_after(milliseconds{50});
      co_await await_io([&](auto done) { accept_pause->async_wait(std::move(done)); });
      continue;
    }
    if (has_room_for(peer)) begin_session(shard, std::move(socket), peer);
    // Otherwise the socket closes here.
  }
}

bool Server::Impl::has_room_for(const tcp::endpoint& peer) {
  if (state->open.load() < state->options.max_connections && state->caps.enter(bytes_of(peer.address())))
    return true;
  ++state->refused;
  return false;
}

void Server::Impl::begin_session(Shard& shard, Channel::Socket socket, const tcp::endpoint& peer) {
  const bool is_getting_full =
      ++state->open > state->options.max_connections - state->options.max_connections / 10;
  shard.loop->post(
      [self = shared_from_this(), &shard, peer, is_getting_full, connected = std::move(socket)]() mutable {
        if (is_getting_full) close_longest_idle(shard);
        auto session = std::make_shared<Session>(self->state, shard, std::move(connected),
                                                 bytes_of(peer.address()), peer.address().to_string());
        if (!shard.checks_limits) self->check_limits(shard);
        auto* running = session.get();
        cloudcart::start(running->run(), [session = std::move(session)](auto) {});
      });
}

/// Now and again while there are connections.
void Server::Impl::check_limits(Shard& shard) {
  shard.checks_limits = !shard.sessions.empty() && shard.limit_check;
  if (!shard.checks_limits) return;
  const auto now = std::chrono::steady_clock::now();
  int left = most_late_at_once;
  for (auto* session : shard.sessions)
    if (session->check_limit(now) && --left == 0) break;
  shard.limit_check->expires_after(left > 0 ? limit_check_interval : next_late_interval);
  shard.limit_check->async_wait(
      [self = shared_from_this(), &shard](error_code) { self->check_limits(shard); });
}

template <class F>
void Server::Impl::on_every_loop(F work) {
  for (auto& shard : state->shards)
    shard.loop->post([self = shared_from_this(), &shard, work] { work(shard); });
}

/// Gives up what belongs to a loop, on that loop: whoever holds the last reference to this may be another one, which
/// ends later.
void Server::Impl::let_go_of_loops() {
  const std::scoped_lock once(letting_go);
  if (std::exchange(has_let_go, true)) return;
  const auto done = std::make_shared<std::counting_semaphore<>>(0);
  for (auto& shard : state->shards) {
    shard.loop->post([self = shared_from_this(), &shard, done] {
      shard.limit_check.reset();
      if (&shard == &self->state->shards.front()) {
        self->acceptor.reset();
        self->accept_pause.reset();
      }
      // After what waited for one of them has been told that it is over.
      shard.loop->post([done] { done->release(); });
    });
  }
  const auto until = std::chrono::steady_clock::now() + seconds{1};
  for (std::size_t i = 0; i < state->shards.size(); ++i)
    if (!done->try_acquire_until(until)) return;
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
  return impl_->state->open;
}
std::uint64_t Server::refused_connections() const {
  return impl_->state->refused;
}
std::uint64_t Server::evicted_connections() const {
  return impl_->state->evicted;
}
std::uint64_t Server::held_bytes() const {
  return impl_->state->held_bytes;
}
std::size_t Server::streams() const {
  return impl_->state->streams;
}
std::size_t Server::upgrades() const {
  return impl_->state->upgrades;
}

void Server::start() {
  impl_->state->shards.front().loop->post(
      [impl = impl_] { cloudcart::start(impl->accept_loop(), [impl](auto) {}); });
}

void Server::wind_down() {
  impl_->state->winding_down = true;
}

void Server::drain(milliseconds limit) {
  if (!impl_->state->draining.exchange(true)) {
    impl_->state->shards.front().loop->post([impl = impl_] {
      error_code ignored;
      impl->acceptor->close(ignored);
    });
    impl_->on_every_loop([](Shard& shard) {
      for (auto* session : shard.sessions) session->drain();
    });
  }
  std::unique_lock lock(impl_->state->mutex);
  const auto none_open = [this] { return impl_->state->open == 0; };
  if (!impl_->state->closed.wait_for(lock, limit, none_open)) {
    lock.unlock();
    impl_->on_every_loop([](Shard& shard) {
      for (auto* session : shard.sessions) session->close();
    });
    lock.lock();
    impl_->state->closed.wait_for(lock, seconds{1}, none_open);
  }
  lock.unlock();
  impl_->let_go_of_loops();
}

}  // namespace cloudcart::http
