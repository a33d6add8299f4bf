#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "simulation/port_call.h"

namespace cloudcart::simulation {

class Node;

/// Carries requests to nodes and answers back, each taking its own time, so that they overtake each other.
/// Nothing is sent twice by the wire itself; a repeated request is a sender who asks again.
class Wire {
 public:
  explicit Wire(Context& context) : context_(context), process_(context.scheduler, "wire") {}

  Context& context() { return context_; }
  /// What never dies: for timers of the world itself.
  Process& process() { return process_; }
  MonotonicTime arrival(bool slow);
  /// Requests that may change something, from their sending to the end of whoever serves them, whether anybody still
  /// waits for the answer or not.
  std::size_t writes_under_way() const { return *writes_under_way_; }
  static Process* living_process(Node& node);

  /// Asks `serve` on `to`. Errors of the wire: unavailable when nobody listens there, or by a fault; outcome_unknown
  /// when the answer does not come in time, or its sender dies.
  template <class R>
  Task<R> ask(Process& from, Port port, Node& to, Access access, Deadline deadline,
              std::function<Task<R>(Node&)> serve) {
    if (!from.is_alive()) co_return gone();
    const auto fault = draw_fault(context_, port, access);
    if (fault != Fault::none)
      context_.trace("  {} from {}: {}", to_string(port), from.name(), to_string(fault));
    if (fault == Fault::refused) co_return fail(refusal(context_.random()));
    if (fault == Fault::repeated) (void)co_await exchange<R>(from, to, {.access = access}, deadline, serve);
    if (!from.is_alive()) co_return gone();
    if (fault == Fault::request_lost)
      co_return co_await exchange<R>(from, to, {.access = access}, deadline, nullptr);
    const Way way{.access = access, .slow = fault == Fault::slow, .answer_lost = fault == Fault::answer_lost};
    co_return co_await exchange<R>(from, to, way, deadline, std::move(serve));
  }

 private:
  struct Way {
    Access access;
    bool slow = false;
    bool answer_lost = false;
  };

  /// Counts a request while it is under way.
  struct UnderWay {
    explicit UnderWay(std::shared_ptr<std::size_t> counter) : count(std::move(counter)) { ++*count; }
    ~UnderWay() { --*count; }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    const std::shared_ptr<std::size_t> count;
  };

  /// Where an answer is waited for; the first one counts.
  template <class R>
  struct Waiting {
    std::optional<Resolver<R>> resolver;
    void settle(R answer) {
      if (!resolver) return;
      const auto resolve = *std::exchange(resolver, std::nullopt);
      resolve(std::move(answer));
    }
  };

  template <class R>
  Task<R> exchange(Process& from, Node& to, Way way, Deadline deadline, std::function<Task<R>(Node&)> serve) {
    co_return co_await await_value<R>([&](Resolver<R> resolver) {
      auto waiting = std::make_shared<Waiting<R>>(Waiting<R>{resolver});
      from.on_death([weak = std::weak_ptr{waiting}] {
        if (const auto alive = weak.lock()) alive->settle(gone());
      });
      const auto patience = std::min(deadline, context_.scheduler.monotonic_now() + longest_wait);
      process_.post_at(patience, [waiting] { waiting->settle(unknown_outcome()); });
      if (!serve) return;
      auto under_way = way.access == Access::read ? nullptr : std::make_shared<UnderWay>(writes_under_way_);
      process_.post_at(arrival(way.slow), [this, waiting, &to, way, under_way, serve = std::move(serve)] {
        deliver<R>(waiting, to, way, under_way, serve);
      });
    });
  }

  template <class R>
  void deliver(std::shared_ptr<Waiting<R>> waiting, Node& to, Way way, std::shared_ptr<UnderWay> under_way,
               std::function<Task<R>(Node&)> serve) {
    auto* server = living_process(to);
    if (!server) {
      process_.post_at(arrival(false), [waiting] { waiting->settle(gone()); });
      return;
    }
    server->on_death([weak = std::weak_ptr{waiting}] {
      if (const auto alive = weak.lock()) alive->settle(unknown_outcome());
    });
    // Kept by the end of the task, whose coroutine refers to its captures.
    auto kept = std::make_shared<std::function<Task<R>(Node&)>>(std::move(serve));
    server->spawn((*kept)(to), [this, waiting, kept, server, under_way, way](auto outcome) {
      if (!server->is_alive()) return;
      if (outcome.index() == 1) return report(std::get<1>(outcome));
      if (way.answer_lost) return;
      process_.post_at(arrival(false),
                       [waiting, answer = std::make_shared<R>(std::get<0>(std::move(outcome)))] {
                         waiting->settle(std::move(*answer));
                       });
    });
  }
  void report(std::exception_ptr failure);

  static constexpr seconds longest_wait{10};
  Context& context_;
  Process process_;
  const std::shared_ptr<std::size_t> writes_under_way_ = std::make_shared<std::size_t>(0);
};

}  // namespace cloudcart::simulation
