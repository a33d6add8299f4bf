#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/circuit_breaker.h"
#include "http/client.h"
#include "http/retry_budget.h"
#include "runtime/event_loop.h"
#include "runtime/metrics.h"

namespace cloudcart::http {

struct Upstream {
  std::string name;  ///< for the log
  std::unique_ptr<Client> client;
  /// For GET /ready, so that busy connections are not taken for a server that is not there; null: `client`.
  std::unique_ptr<Client> checks = nullptr;
  std::string address = {};  ///< for metrics
};

struct BalanceOptions {
  CircuitBreaker::Options circuit;
  RetryBudget::Options retries;
  milliseconds check_interval{1'000};
  milliseconds check_limit{1'000};
  milliseconds hedge_after{0};  ///< 0: no hedging
  std::uint64_t seed = 0;       ///< of the chance in pauses
};

/// Several servers that answer alike, as one. To be used from tasks, on any threads; time is that of their executor.
///
/// A request goes to the one with the fewest requests under way, in turn where that is the same for several. An event
/// stream or an upgraded connection is under way until its head has come. Out are those whose circuit is open (after
/// requests in a row that were not answered; an answer is an answer, whatever its status) and those that say of
/// themselves that they are not ready.
///
/// When all are out, the one whose circuit closes first is asked all the same: an error without having asked would be
/// certain, and those that are out may all be well where only the way to them was not. (Envoy asks all alike as soon as
/// fewer than a half are well, its panic threshold; HAProxy and nginx answer an error. Services here have two or three
/// processes, so that a half is an ordinary failure.)
///
/// A failed request is sent again, to each server at most once, not after its deadline and within the RetryBudget: where
/// nothing was sent, whatever its method; GET and HEAD in any case. PUT and DELETE may be repeated by HTTP, but the second
/// answer would not be the first one's (not found, or a conflict with the own change), so their outcome is told as unknown.
///
/// Hedging (J. Dean, L. A. Barroso, "The Tail at Scale", CACM 56(2), 2013): a GET or HEAD that may be hedged and has no
/// answer after `hedge_after` goes to a second server as well, if one is in, within the same budget; the first answer of
/// the two is taken, whatever its status, and the other request is given up. So does gRPC (hedgingPolicy: hedgingDelay, and
/// a token bucket for retries and hedges together), which has up to five under way, and Finagle (BackupRequestFilter:
/// maxExtraLoad), which takes the delay from the latencies it sees. Envoy's hedge_on_per_try_timeout leaves the first one
/// under way likewise. Whoever was asked first and lost counts as one that did not answer: after some in a row its
/// circuit opens, so that a server that hangs costs a few late answers and not the budget.
class BalancedClient final : public Client {
 public:
  /// `upstreams` is not empty. They count as ready until watch() finds otherwise.
  explicit BalancedClient(std::vector<Upstream> upstreams, BalanceOptions options = {});
  ~BalancedClient() override;

  /// Errors: those of the last attempt.
  Task<Result<Response>> send(ClientRequest request, Deadline deadline) override;

  /// Asks each for GET /ready at every interval until stopped. What is no answer 2xx takes it out at once, the first
  /// good one brings it back.
  Task<void> watch(BackgroundLoops::StopFlag stop);

  /// Shows which of them are in. It must live as long as anybody asks. `upstream` names what they all are.
  void measure(Metrics& metrics, const std::string& upstream);

 private:
  struct Member;
  struct Run;
  class Attempt;
  using Tried = std::vector<const Member*>;

  Member& pick(const Tried& tried, MonotonicTime now);
  bool is_out(const Member& member, MonotonicTime now) const;
  std::unique_ptr<Attempt> begin(Tried& tried);
  /// Null when nobody is well, or the budget is spent.
  std::unique_ptr<Attempt> begin_hedge(Tried& tried);
  bool hedges(const ClientRequest& request, Deadline deadline) const;
  Task<Result<Response>> send_once(ClientRequest request, Deadline deadline, Tried& tried);
  Task<Result<Response>> send_hedged(const ClientRequest& request, Deadline deadline, Tried& tried);
  bool may_retry(bool is_safe, const Error& error, Deadline deadline);
  Task<bool> check(Member& member);
  void set_ready(Member& member, bool ready, std::string_view why_not);

  const BalanceOptions options_;
  std::vector<std::unique_ptr<Member>> members_;
  std::mutex mutex_;  ///< of all below, and of what changes in a member
  RetryBudget retries_;
  Random random_;
  std::size_t next_ = 0;
};

}  // namespace cloudcart::http
