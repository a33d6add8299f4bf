#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/executor.h"

namespace boost::asio {
class io_context;
}

namespace cloudcart {

class Metrics;

/// One thread that runs an Asio io_context: sockets, timers and coroutines.
class EventLoop final : public Executor {
 public:
  explicit EventLoop(std::string name);
  ~EventLoop() override;

  void post(Work work) override;
  void post_at(MonotonicTime when, Work work) override;
  MonotonicTime now() const override { return std::chrono::steady_clock::now(); }

  /// Shows how busy its thread is. It must live as long as anybody asks.
  void measure(Metrics& metrics) const;

  void start();
  /// Ends the thread once no work is left (sockets closed, timers that are due in the future dropped), and
  /// joins it.
  void stop();
  /// Destroys what is still queued or waiting, unrun. Handlers may hold sockets of other loops, so of several
  /// loops all are stopped, then all abandoned, before the first one is destroyed.
  void abandon();
  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Long-running coroutines with names. Each gets the stop flag and ends soon after it is set; join() waits
/// for all.
class BackgroundLoops {
 public:
  class StopFlag {
   public:
    bool stopping() const;
    /// Sleeps, or wakes at once when stopping.
    Task<void> sleep_for(milliseconds time) const;

   private:
    friend BackgroundLoops;
    struct State;
    std::shared_ptr<State> state_;
  };

  BackgroundLoops();
  ~BackgroundLoops();
  BackgroundLoops(const BackgroundLoops&) = delete;
  BackgroundLoops& operator=(const BackgroundLoops&) = delete;

  /// Starts `body` on `executor`. An exception that leaves it is a defect and ends the process.
  void start(std::string name, Executor& executor, std::function<Task<void>(StopFlag)> body);
  /// Sets the stop flag; loops that wait in sleep_for wake. Others are woken by what they wait for.
  void request_stop();
  /// Blocks until every loop has ended, or for `time`; whether they have.
  bool join_for(milliseconds time);
  /// Blocks until every loop has ended, logging the names of those still running each second.
  void join();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart
