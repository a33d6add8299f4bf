#include "http/balanced_client.h"

#include <stdexcept>
#include <tuple>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runtime/await_all.h"

namespace cloudcart::http {
namespace {

/// Of requests that the server may or may not have seen; another error is its answer.
bool is_failure(const Result<Response>& answer) {
  if (answer) return false;
  const auto code = answer.error().code;
  return code == ErrorCode::unavailable || code == ErrorCode::outcome_unknown ||
         code == ErrorCode::deadline_exceeded;
}

}  // namespace

struct BalancedClient::Member {
  Member(Upstream upstream, CircuitBreaker::Options options)
      : name(std::move(upstream.name)), client(std::move(upstream.client)), circuit(options) {}

  const std::string name;
  const std::unique_ptr<Client> client;
  CircuitBreaker circuit;
  unsigned under_way = 0;
  bool is_ready = true;
};

/// A request under way, counted from its beginning to its end.
class BalancedClient::Attempt {
 public:
  Attempt(BalancedClient& balance, const Tried& tried) : balance_(balance) {
    const auto now = Executor::current()->now();
    const std::scoped_lock lock(balance_.mutex_);
    if (tried.empty()) balance_.retries_.count_request(now);
    member_ = &balance_.pick(tried, now);
    ++member_->under_way;
    pass_ = member_->circuit.enter(now);
  }
  /// Without an answer it has failed.
  ~Attempt() {
    const auto change = leave();
    if (change == CircuitBreaker::Change::opened)
      spdlog::warn("{} does not answer and is left alone for a while: {}", member_->name, why_);
    if (change == CircuitBreaker::Change::closed) spdlog::info("{} answers again", member_->name);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  Member& member() const { return *member_; }
  void end_with(const Result<Response>& answer) {
    failed_ = is_failure(answer);
    if (failed_) why_ = answer.error().message;
  }

 private:
  CircuitBreaker::Change leave() {
    const auto now = Executor::current()->now();
    const std::scoped_lock lock(balance_.mutex_);
    --member_->under_way;
    return member_->circuit.leave(pass_, failed_, now, balance_.random_);
  }

  BalancedClient& balance_;
  Member* member_ = nullptr;
  CircuitBreaker::Pass pass_;
  bool failed_ = true;
  std::string why_;
};

BalancedClient::BalancedClient(std::vector<Upstream> upstreams, BalanceOptions options)
    : options_(options), retries_(options.retries), random_(options.seed, 0) {
  if (upstreams.empty()) throw std::logic_error("a balanced client needs somebody to ask");
  for (auto& upstream : upstreams)
    members_.push_back(std::make_unique<Member>(std::move(upstream), options.circuit));
}

BalancedClient::~BalancedClient() = default;

/// The best one that has not been tried: not out, else the soonest to be in again; then the least busy.
BalancedClient::Member& BalancedClient::pick(const Tried& tried, MonotonicTime now) {
  const auto rank = [now](const Member& member) {
    const bool is_out = !member.is_ready || !member.circuit.admits(now);
    return std::tuple{is_out, is_out ? member.circuit.open_until() : MonotonicTime::min(), member.under_way};
  };
  Member* best = nullptr;
  std::size_t next = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const auto index = (next_ + i) % members_.size();
    auto& member = *members_[index];
    if (std::ranges::find(tried, &member) != tried.end()) continue;
    if (best && rank(*best) <= rank(member)) continue;
    best = &member;
    next = index + 1;
  }
  next_ = next;
  return *best;
}

bool BalancedClient::may_retry(bool is_safe, const Error& error, Deadline deadline) {
  // A Client calls it unavailable where nothing was sent, or nothing can have changed.
  const bool is_harmless =
      error.code == ErrorCode::unavailable || (is_safe && error.code == ErrorCode::outcome_unknown);
  const auto now = Executor::current()->now();
  if (!is_harmless || now >= deadline) return false;
  const std::scoped_lock lock(mutex_);
  return retries_.take(now);
}

Task<Result<Response>> BalancedClient::send(ClientRequest request, Deadline deadline) {
  // Nobody's failure, so nobody is asked.
  if (Executor::current()->now() > deadline)
    co_return fail(ErrorCode::deadline_exceeded, "The request waited longer than its time limit.");
  const bool is_safe = request.method == Method::get || request.method == Method::head;
  Tried tried;
  while (tried.size() + 1 < members_.size()) {
    Result<Response> answer;
    {
      Attempt attempt(*this, tried);
      tried.push_back(&attempt.member());
      answer = co_await attempt.member().client->send(request, deadline);
      attempt.end_with(answer);
    }
    if (answer || !may_retry(is_safe, answer.error(), deadline)) co_return answer;
  }
  Attempt last(*this, tried);
  auto answer = co_await last.member().client->send(std::move(request), deadline);
  last.end_with(answer);
  co_return answer;
}

Task<void> BalancedClient::watch(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    std::vector<Task<bool>> checks;
    for (const auto& member : members_) checks.push_back(check(*member));
    co_await await_all(std::move(checks));
    co_await stop.sleep_for(options_.check_interval);
  }
}

Task<bool> BalancedClient::check(Member& member) {
  const auto answer = co_await member.client->send({.method = Method::get, .target = "/ready"},
                                                   Executor::current()->now() + options_.check_limit);
  const bool ready = answer && answer->status >= 200 && answer->status <= 299;
  set_ready(member, ready, answer ? fmt::format("it answers {}", answer->status) : answer.error().message);
  co_return ready;
}

void BalancedClient::set_ready(Member& member, bool ready, std::string_view why_not) {
  {
    const std::scoped_lock lock(mutex_);
    if (std::exchange(member.is_ready, ready) == ready) return;
  }
  if (ready) spdlog::info("{} is ready", member.name);
  if (!ready) spdlog::warn("{} is not ready: {}", member.name, why_not);
}

}  // namespace cloudcart::http
