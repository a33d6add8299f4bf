#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <optional>

#include <boost/asio/basic_waitable_timer.hpp>

#include "http/beast/channel.h"
#include "http/connection_caps.h"
#include "http/server.h"
#include "http/upgrade.h"

namespace cloudcart::http {

class Session;

/// A loop and the connections that live on it; touched on that loop only.
struct Shard {
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>,
                                                  boost::asio::io_context::executor_type>;

  explicit Shard(EventLoop* event_loop)
      : loop(event_loop), limit_check(std::in_place, event_loop->context()) {}

  EventLoop* loop;
  std::list<Session*> sessions;
  std::list<Session*> holders;       ///< those that hold something, whoever has for longest first
  std::uint64_t held_bytes = 0;      ///< by them
  std::optional<Timer> limit_check;  ///< until the server lets go of its loops
  bool checks_limits = false;
};

/// What the connections of a server have in common.
struct ServerState {
  ServerState(ServerOptions o, const std::vector<EventLoop*>& loops, Server::Handler h, Server::Refusal r)
      : options(std::move(o)),
        handler(std::move(h)),
        refusal(std::move(r)),
        shards(loops.begin(), loops.end()),
        caps(options.max_connections_per_client, options.uncapped_clients) {}

  const ServerOptions options;
  const Server::Handler handler;
  const Server::Refusal refusal;
  std::deque<Shard> shards;
  ConnectionCaps caps;
  std::atomic<bool> winding_down{false};
  std::atomic<bool> draining{false};
  std::atomic<std::size_t> open{0};
  std::atomic<std::uint64_t> held_bytes{0};  ///< see ServerOptions::max_held_bytes
  std::atomic<std::uint64_t> refused{0}, evicted{0};
  std::atomic<std::size_t> streams{0}, upgrades{0};  ///< answers under way that go on
  std::mutex mutex;
  std::condition_variable closed;
};

/// One connection.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<ServerState> server, Shard& home, Channel::Socket socket, const AddressBytes& peer,
          std::string address);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Task<void> run();
  /// Cuts short what takes too long; true when something did.
  bool check_limit(MonotonicTime now);
  /// The server is about to stop.
  void drain();
  /// Since when it has no request under way, one that is still coming included; nullopt while it has.
  std::optional<MonotonicTime> idle_since() const {
    return has_request_ ? std::nullopt : std::optional{idle_since_};
  }
  void close() { channel_.close(); }

 private:
  class Connection;

  Task<bool> shake_hands();
  Task<bool> serve_one();
  Task<bool> wait_for_request();
  Task<bool> read_head(RequestParser& parser);
  Task<bool> read_body(RequestParser& parser);
  Task<bool> read_more();
  Task<bool> read_after(Channel::Wait wait);
  Result<bool> parse(RequestParser& parser);
  Task<bool> send(std::string_view first, std::string_view second = {});
  Task<bool> send_rest(std::array<std::string_view, 2> pieces, std::size_t whole, Channel::Wait wait);
  Task<bool> write(Response response, bool keep_alive, bool head_only, bool chunks = true);
  Task<bool> write_stream(std::shared_ptr<BodyStream> body, bool chunks);
  Task<void> hand_over(std::shared_ptr<Upgrade> upgrade);
  Task<void> refuse(Error error);
  Task<bool> refuse_late();
  void watch_for_close();
  /// What it keeps of bodies that are on their way, in or out.
  void hold(std::size_t bytes);
  static void evict_longest_holders(ServerState& server, Shard& shard);
  void limit_in(milliseconds time) { limit_ = std::chrono::steady_clock::now() + time; }
  void no_limit() { limit_ = MonotonicTime::max(); }

  const std::shared_ptr<ServerState> server_;
  Shard& shard_;
  const std::list<Session*>::iterator place_;
  Channel channel_;
  const AddressBytes peer_;
  const std::string address_;
  std::string unread_;        ///< has come, and is not parsed yet
  bool idle_ = true;          ///< no head has come whole
  bool has_request_ = false;  ///< that has come whole and is not answered yet
  unsigned in_a_row_ = 0;     ///< requests that were read without a wait
  MonotonicTime idle_since_ = std::chrono::steady_clock::now();
  MonotonicTime arrived_at_{};                  ///< when the bytes came that were read last
  MonotonicTime limit_ = MonotonicTime::max();  ///< when what is waited for takes too long
  bool late_ = false;                           ///< the last wait was cut short by it
  std::size_t held_ = 0;
  std::list<Session*>::iterator place_among_holders_;  ///< while it holds something
  std::shared_ptr<BodyStream> streaming_;
  std::shared_ptr<Upgrade> upgraded_;
};

}  // namespace cloudcart::http
