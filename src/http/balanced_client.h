#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/circuit_breaker.h"
#include "http/client.h"
#include "http/retry_budget.h"
#include "runtime/event_loop.h"

namespace cloudcart::http {

struct Upstream {
  std::string name;  ///< for the log
  std::unique_ptr<Client> client;
};

struct BalanceOptions {
  CircuitBreaker::Options circuit;
  RetryBudget::Options retries;
  milliseconds check_interval{1'000};
  milliseconds check_limit{1'000};
  std::uint64_t seed = 0;  ///< of the chance in pauses
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

 private:
  struct Member;
  class Attempt;
  using Tried = std::vector<const Member*>;

  Member& pick(const Tried& tried, MonotonicTime now);
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
