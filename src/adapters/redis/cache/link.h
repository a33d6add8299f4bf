#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "adapters/redis/cache/connection.h"
#include "adapters/redis/cache/exchanges.h"
#include "adapters/redis/cache/redis_cache.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"

namespace cloudcart::redis {

/// The way to Redis: one connection on a thread of its own, shared by all callers, and the circuit before it. While the server is
/// gone, hung or refuses, the circuit is open: exchanges are aborted at once, and a background loop tries, with a growing
/// pause, to connect or to get an answer. The circuit closes when the writes that were lost meanwhile have been done.
class Link final : private Connection::Listener {
 public:
  explicit Link(const RedisCacheOptions& options);
  /// Aborts what is under way, and joins the thread.
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// From any thread. Sends it, or aborts it; it expires at the deadline, or at the limit of calls.
  void submit(std::unique_ptr<CallerExchange> exchange, Deadline deadline);
  /// The circuit is closed.
  bool is_up() const { return up_.load(std::memory_order_acquire); }
  /// From any thread: there may be lost writes to be done.
  void wake();
  /// Until what has been lost so far is done (true), or nobody reads on the word of this process any more. Outlives the link.
  Task<bool> make_up();
  Common& common() { return common_; }

 private:
  /// What went wrong; nullopt for nothing.
  using Trouble = std::optional<std::string>;

  void on_late() override;
  void on_closed(const std::string& why) override;

  /// Leaves it where it is when too much is under way, or the circuit is open.
  bool enqueue(std::unique_ptr<CallerExchange>& exchange);
  /// Sends what has been submitted, with what has to come before it.
  void drain();
  void replay_lost();
  void open_circuit(std::string why);
  void close_circuit();
  /// Aborts all, for good.
  void shut();
  /// Gives others its word, unless there is something to make up for.
  void renew();
  Task<void> renew_again_and_again(BackgroundLoops::StopFlag stop);
  /// Takes its name from the list of writers, and shuts.
  Task<void> leave();
  /// The first time after it was up.
  void note_down(const std::string& why);

  Task<void> mend(BackgroundLoops::StopFlag stop);
  Task<Trouble> bring_up();
  Task<Trouble> connect();
  /// Says who it is, where the address has a password.
  Task<Trouble> sign_in();
  /// Learns which process answers, and makes the floors its own.
  Task<Trouble> greet();
  /// Asks the time; its answer comes after those of all that was sent before.
  Task<Trouble> ask_time();
  Task<Result<Reply>> command(std::vector<std::string> words);
  /// Gives up the connection.
  std::string drop(std::string why);
  milliseconds pause();

  const RedisCacheOptions options_;
  const tls::ClientTrust trust_;  ///< null where the address asks for no TLS
  Common common_;
  Load load_;

  std::atomic<bool> up_{false};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Exchange>> submitted_;
  bool drain_posted_ = false;

  // Of the loop's thread.
  int failures_ = 0;  ///< one after the other
  MonotonicTime up_since_{};
  std::string why_down_;
  std::optional<bool> noted_up_;  ///< as it was logged last
  std::minstd_rand random_{std::random_device{}()};

  EventLoop loop_;
  std::shared_ptr<Connection> connection_;
  Notifier changed_;
  BackgroundLoops background_;
};

}  // namespace cloudcart::redis
