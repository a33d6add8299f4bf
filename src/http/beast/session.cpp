#include "http/beast/session.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "http/beast/arrival_time.h"
#include "http/response_head.h"
#include "runtime/executor.h"

namespace cloudcart::http {
namespace {

/// Of a reader that is written to for long. The kernel's own bound is some MB: what a slow reader would get
/// of it is old, and of thousands of them it is a lot.
constexpr int stream_send_buffer = 128 << 10;

/// Bodies up to here are copied behind their head, and go out in one piece.
constexpr std::size_t small_body = 16 << 10;

/// A reader that takes as much has shown that it reads, and gets ServerOptions::write_timeout again.
constexpr std::size_t sign_of_life = 64 << 10;

/// What a connection that rests may keep of its buffer.
constexpr std::size_t resting_buffer = 1 << 10;

constexpr unsigned most_in_a_row = 16;

/// One more of what `count` counts, until its end.
class CountedIn {
 public:
  explicit CountedIn(std::atomic<std::size_t>& count) : count_(count) { ++count_; }
  ~CountedIn() { --count_; }
  CountedIn(const CountedIn&) = delete;
  CountedIn& operator=(const CountedIn&) = delete;

 private:
  std::atomic<std::size_t>& count_;
};

/// One for all connections of a loop: between a read and the copy to whom it belongs nothing else runs.
std::span<char> scratch() {
  thread_local std::array<char, 16 << 10> bytes;
  return bytes;
}

}  // namespace

/// A session's connection after it has left HTTP.
class Session::Connection final : public UpgradedConnection {
 public:
  explicit Connection(std::shared_ptr<Session> session) : session_(std::move(session)) {}

  Task<std::optional<std::string>> read() override {
    if (session_->unread_.empty() && !co_await session_->read_more()) co_return std::nullopt;
    co_return std::exchange(session_->unread_, {});
  }
  Task<bool> write(std::string bytes) override {
    const bool written = co_await session_->send(bytes);
    session_->no_limit();
    co_return written;
  }
  void close() override { session_->close(); }

 private:
  const std::shared_ptr<Session> session_;
};

Session::Session(std::shared_ptr<ServerState> server, Shard& home, Channel::Socket socket,
                 const AddressBytes& peer, std::string address)
    : server_(std::move(server)),
      shard_(home),
      place_(shard_.sessions.insert(shard_.sessions.end(), this)),
      channel_(std::move(socket), server_->options.tls ? server_->options.tls->begin() : nullptr),
      peer_(peer),
      address_(std::move(address)) {
  note_arrival_times(channel_.socket().native_handle());
}

Session::~Session() {
  hold(0);
  shard_.sessions.erase(place_);
  server_->caps.leave(peer_);
  {
    const std::scoped_lock lock(server_->mutex);
    --server_->open;
  }
  server_->closed.notify_all();
}

Task<void> Session::run() {
  try {
    if (co_await shake_hands()) {
      while (co_await serve_one()) {
      }
    }
  } catch (const std::exception& failure) {
    spdlog::error("connection of {} ended: {}", address_, failure.what());
  }
  hold(0);
  channel_.finish();
  // Now, and not with the session: the wait of watch_for_close may hold that for longer.
  close();
}

bool Session::check_limit(MonotonicTime now) {
  if (now < limit_) return false;
  no_limit();
  late_ = true;
  channel_.cancel();
  return true;
}

void Session::drain() {
  if (streaming_) streaming_->cancel();
  if (upgraded_) upgraded_->end(Upgrade::End::draining);
  // One whose request has come and not been read yet is not idle: it is answered first.
  if (idle_ && !channel_.has_news()) close();
}

void Session::hold(std::size_t bytes) {
  if (bytes == held_) return;
  if (held_ == 0)
    place_among_holders_ = shard_.holders.insert(shard_.holders.end(), this);
  else if (bytes == 0)
    shard_.holders.erase(place_among_holders_);
  // Wraps around when it gets less; the sum comes out right.
  const auto change = static_cast<std::uint64_t>(bytes) - held_;
  shard_.held_bytes += change;
  const auto all = server_->held_bytes += change;
  const bool is_more = bytes > held_;
  held_ = bytes;
  if (!is_more || all <= server_->options.max_held_bytes) return;
  evict_longest_holders(*server_, shard_);
  // Those who hold too much may be another loop's.
  if (server_->held_bytes <= server_->options.max_held_bytes) return;
  for (auto& shard : server_->shards)
    if (&shard != &shard_)
      shard.loop->post([server = server_, &shard] { evict_longest_holders(*server, shard); });
}

/// Of a loop whose share is exceeded. Whoever is slow on purpose holds for longest; others are done long before.
void Session::evict_longest_holders(ServerState& server, Shard& shard) {
  const auto most = server.options.max_held_bytes;
  while (server.held_bytes > most && shard.held_bytes > most / server.shards.size()) {
    auto* longest = shard.holders.front();
    longest->hold(0);
    ++server.evicted;  // before anybody can see that it was
    longest->channel_.abort();
  }
}

Task<bool> Session::shake_hands() {
  if (!channel_.is_secure()) co_return !server_->options.tls;
  limit_in(server_->options.head_timeout);
  for (;;) {
    const auto step = channel_.shake_hands();
    if (step.is_over) {
      if (channel_.was_spoken_to_plainly())
        co_await refuse(
            {ErrorCode::malformed_request, "This address speaks HTTPS; write https:// before it.", {}});
      co_return false;
    }
    if (step.wait == Channel::Wait::nothing) co_return true;
    if ((co_await channel_.ready(step.wait)).error) co_return false;
  }
}

/// Reads and answers one request; false when the connection ends.
Task<bool> Session::serve_one() {
  RequestParser parser(server_->options.limits);
  if (!co_await read_head(parser)) co_return false;
  idle_ = false;
  if (!co_await read_body(parser)) co_return false;
  hold(0);
  has_request_ = true;
  no_limit();
  const bool keep_alive = parser.keeps_connection();
  auto request = parser.take();
  request.remote_address = address_;
  request.received_at = arrived_at_;
  const bool head_only = request.method == Method::head;
  const bool chunks = request.minor_version > 0;
  auto response = co_await server_->handler(std::move(request));
  const bool kept = keep_alive && !server_->winding_down && !server_->draining;
  if (!co_await write(std::move(response), kept, head_only, chunks)) co_return false;
  idle_ = true;
  has_request_ = false;
  idle_since_ = std::chrono::steady_clock::now();
  co_return kept && !server_->draining;
}

/// Between requests a connection may rest; the shorter limit starts with the first byte.
Task<bool> Session::wait_for_request() {
  // Who sends one request behind the other does not have the loop to himself.
  if (++in_a_row_ > most_in_a_row) {
    in_a_row_ = 0;
    co_await let_others_go();
  }
  arrived_at_ = std::chrono::steady_clock::now();
  if (!unread_.empty()) co_return true;
  if (unread_.capacity() > resting_buffer) unread_ = {};
  limit_in(server_->options.idle_timeout);
  if (!channel_.holds_more()) {
    if ((co_await channel_.ready(Channel::Wait::readable)).error) co_return false;
    in_a_row_ = 0;
  }
  co_return co_await read_after(Channel::Wait::nothing);
}

/// Gives the parser what has come; true when there has to come more.
Result<bool> Session::parse(RequestParser& parser) {
  CLOUDCART_TRY(const auto taken, parser.put(unread_));
  unread_.erase(0, taken);
  return !parser.is_done();
}

Task<bool> Session::refuse_late() {
  if (late_) co_await refuse({ErrorCode::request_timeout, "The request took too long to arrive.", {}});
  co_return false;
}

Task<bool> Session::read_head(RequestParser& parser) {
  if (!co_await wait_for_request()) co_return false;
  limit_in(server_->options.head_timeout);
  for (;;) {
    if (auto wanting = parse(parser); !wanting) {
      co_await refuse(std::move(wanting).error());
      co_return false;
    }
    if (parser.has_head()) co_return true;
    hold(unread_.size());
    if (!co_await read_more()) co_return co_await refuse_late();
  }
}

Task<bool> Session::read_body(RequestParser& parser) {
  if (parser.is_done()) co_return true;
  limit_in(server_->options.body_timeout);
  if (parser.expects_continue() && !co_await send("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
  for (;;) {
    hold(parser.body_bytes() + unread_.size());
    if (!co_await read_more()) co_return co_await refuse_late();
    auto wanting = parse(parser);
    if (!wanting) {
      co_await refuse(std::move(wanting).error());
      co_return false;
    }
    if (!*wanting) co_return true;
  }
}

/// Appends what comes to the buffer. False when the connection ended, or nothing came in time: then `late_` is
/// set, and the connection can still be written to.
Task<bool> Session::read_more() {
  // What comes is mostly not there yet: to wait at once saves a vain read.
  co_return co_await read_after(channel_.holds_more() ? Channel::Wait::nothing : Channel::Wait::readable);
}

Task<bool> Session::read_after(Channel::Wait wait) {
  late_ = false;
  for (;;) {
    if (wait != Channel::Wait::nothing && (co_await channel_.ready(wait)).error) co_return false;
    const auto bytes = scratch();
    const auto step = channel_.read_some(bytes);
    if (step.is_over) co_return false;
    unread_.append(bytes.data(), step.bytes);
    arrived_at_ = step.arrived_at;
    if (step.bytes > 0) co_return true;
    wait = step.wait;
  }
}

/// Answers a request that could not be read. Its rest may still be on the way, so the connection cannot be
/// kept.
Task<void> Session::refuse(Error error) {
  hold(0);
  if (!co_await write(server_->refusal(error), false, false)) co_return;
  channel_.finish();
  // Closing with unread data resets the connection, and the client might never see the answer: read a little
  // first.
  limit_in(seconds{1});
  for (int i = 0; i < 64; ++i) {
    unread_.clear();
    if (!co_await read_more()) co_return;
  }
}

/// Writes both pieces. Mostly the socket takes them at once; then nothing is waited for.
Task<bool> Session::send(std::string_view first, std::string_view second) {
  std::array pieces{first, second};
  for (;;) {
    const auto step = channel_.write_some(pieces);
    if (step.is_over) co_return false;
    auto taken = step.bytes;
    for (auto& piece : pieces) {
      const auto part = std::min(taken, piece.size());
      piece.remove_prefix(part);
      taken -= part;
    }
    if (pieces[0].empty() && pieces[1].empty()) co_return true;
    if (step.wait != Channel::Wait::nothing)
      co_return co_await send_rest(pieces, first.size() + second.size(), step.wait);
  }
}

/// To a reader that is slower than the answer is made, `whole` bytes of which stay in memory until then.
Task<bool> Session::send_rest(std::array<std::string_view, 2> pieces, std::size_t whole, Channel::Wait wait) {
  limit_in(server_->options.write_timeout);
  hold(whole);
  std::size_t taken = 0;
  while (!pieces[0].empty() || !pieces[1].empty()) {
    if (wait != Channel::Wait::nothing && (co_await channel_.ready(wait)).error) {
      channel_.abort();
      co_return false;
    }
    const auto step = channel_.write_some(pieces);
    if (step.is_over) co_return false;
    wait = step.wait;
    const auto of_first = std::min(step.bytes, pieces[0].size());
    pieces[0].remove_prefix(of_first);
    pieces[1].remove_prefix(step.bytes - of_first);
    taken += step.bytes;
    if (taken < sign_of_life) continue;
    taken = 0;
    limit_in(server_->options.write_timeout);
  }
  hold(0);
  co_return true;
}

Task<bool> Session::write(Response response, bool keep_alive, bool head_only, bool chunks) {
  auto head = head_of(response, keep_alive && (chunks || !response.stream), chunks);
  std::string_view body = response.body;
  if (head_only || response.stream || response.status == 304) body = {};
  if (body.size() < small_body) {
    head += body;
    body = {};
  }
  if (!co_await send(head, body)) {
    if (response.stream) response.stream->cancel();
    co_return false;
  }
  if (response.upgrade) {
    co_await hand_over(std::move(response.upgrade));
    co_return false;
  }
  if (response.stream && !head_only) co_return co_await write_stream(std::move(response.stream), chunks);
  co_return true;
}

Task<bool> Session::write_stream(std::shared_ptr<BodyStream> body, bool chunks) {
  const CountedIn counted(server_->streams);
  streaming_ = body;
  boost::system::error_code ignored;
  channel_.socket().set_option(boost::asio::socket_base::send_buffer_size(stream_send_buffer), ignored);
  watch_for_close();
  bool written = true;
  while (written && !server_->draining) {
    no_limit();
    auto piece = co_await body->next();
    if (!piece) break;
    if (piece->empty()) continue;
    const auto size = chunks ? fmt::format("{:x}\r\n", piece->size()) : "";
    if (chunks) piece->append("\r\n");
    written = co_await send(size, *piece);
  }
  streaming_.reset();
  body->cancel();
  if (written && chunks) (void)co_await send("0\r\n\r\n");
  // A reader that sent more while it was streamed to is not read from again.
  co_return false;
}

Task<void> Session::hand_over(std::shared_ptr<Upgrade> upgrade) {
  const CountedIn counted(server_->upgrades);
  upgraded_ = upgrade;
  boost::system::error_code ignored;
  channel_.socket().set_option(boost::asio::socket_base::send_buffer_size(stream_send_buffer), ignored);
  no_limit();
  if (server_->draining) upgrade->end(Upgrade::End::draining);
  co_await upgrade->run(std::make_shared<Connection>(shared_from_this()));
  upgraded_.reset();
}

/// Notices a reader that has gone while nothing is written. What it sends is for nobody.
void Session::watch_for_close() {
  channel_.socket().async_wait(
      Channel::Socket::wait_read, [weak = weak_from_this()](boost::system::error_code ec) {
        const auto self = weak.lock();
        if (!self || !self->streaming_ || ec == boost::asio::error::operation_aborted) return;
        if (ec || self->channel_.read_some(scratch()).is_over) {
          self->streaming_->cancel();
        } else {
          self->watch_for_close();
        }
      });
}

}  // namespace cloudcart::http
