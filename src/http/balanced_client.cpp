#include "http/balanced_client.h"

#include <array>
#include <span>
#include <stdexcept>
#include <tuple>
#include <variant>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "runtime/await_all.h"
#include "runtime/notifier.h"
#include "runtime/tracing.h"

namespace cloudcart::http {
namespace {

/// Of requests that the server may or may not have seen; another error is its answer, or this process's own.
CircuitBreaker::Outcome outcome_of(const Result<Response>& answer) {
  using enum CircuitBreaker::Outcome;
  if (answer) return answered;
  switch (answer.error().code) {
    case ErrorCode::unavailable:
    case ErrorCode::outcome_unknown:
    case ErrorCode::deadline_exceeded:
      return failed;
    case ErrorCode::overloaded:
      return unknown;
    default:
      return answered;
  }
}

/// Until `done` says so, looked at whenever something has changed, or until that time.
Task<void> wait_for(Notifier& changed, std::function<bool()> done, MonotonicTime until) {
  for (;;) {
    const auto ticket = changed.ticket();
    if (done() || !co_await changed.wait(ticket, until)) co_return;
  }
}

}  // namespace

struct BalancedClient::Member {
  Member(Upstream upstream, CircuitBreaker::Options options)
      : name(std::move(upstream.name)),
        client(std::move(upstream.client)),
        checks(std::move(upstream.checks)),
        address(std::move(upstream.address)),
        circuit(options) {}

  const std::string name;
  const std::unique_ptr<Client> client;
  const std::unique_ptr<Client> checks;
  const std::string address;
  CircuitBreaker circuit;
  unsigned under_way = 0;
  bool is_ready = true;
};

/// A request under way, counted from its beginning to its end.
class BalancedClient::Attempt {
 public:
  /// Under the lock of `balance`.
  Attempt(BalancedClient& balance, Member& member, MonotonicTime now)
      : balance_(balance), member_(member), pass_(member.circuit.enter(now)) {
    ++member_.under_way;
  }
  /// Without an answer it has failed.
  ~Attempt() {
    const auto change = leave();
    if (change == CircuitBreaker::Change::opened)
      spdlog::warn("{} does not answer and is left alone for a while: {}", member_.name, why_);
    if (change == CircuitBreaker::Change::closed) spdlog::info("{} answers again", member_.name);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  Client& client() const { return *member_.client; }
  void end_with(const Result<Response>& answer) {
    outcome_ = outcome_of(answer);
    if (!answer) why_ = answer.error().message;
  }
  void end_given_up(bool was_late) {
    outcome_ = was_late ? CircuitBreaker::Outcome::failed : CircuitBreaker::Outcome::unknown;
    why_ = "Another that was asked later answered before.";
  }

 private:
  CircuitBreaker::Change leave() {
    const auto now = Executor::current()->now();
    const std::scoped_lock lock(balance_.mutex_);
    --member_.under_way;
    return member_.circuit.leave(pass_, outcome_, now, balance_.random_);
  }

  BalancedClient& balance_;
  Member& member_;
  const CircuitBreaker::Pass pass_;
  CircuitBreaker::Outcome outcome_ = CircuitBreaker::Outcome::failed;
  std::string why_;
};

/// An attempt that another one may run beside.
struct BalancedClient::Run {
  bool has_ended() const { return outcome.has_value(); }
  const Result<Response>* result() const { return outcome ? std::get_if<0>(&*outcome) : nullptr; }
  bool has_answered() const { return result() && *result(); }
  /// Of the one whose outcome counts.
  Result<Response> take() {
    if (const auto* defect = std::get_if<1>(&*outcome)) std::rethrow_exception(*defect);
    return std::get<0>(*std::move(outcome));
  }

  std::unique_ptr<Attempt> attempt;
  std::shared_ptr<Cancellation> cancellation = std::make_shared<Cancellation>();
  std::optional<std::variant<Result<Response>, std::exception_ptr>> outcome = std::nullopt;
};

BalancedClient::BalancedClient(std::vector<Upstream> upstreams, BalanceOptions options)
    : options_(options), retries_(options.retries), random_(options.seed, 0) {
  if (upstreams.empty()) throw std::logic_error("a balanced client needs somebody to ask");
  for (auto& upstream : upstreams)
    members_.push_back(std::make_unique<Member>(std::move(upstream), options.circuit));
}

BalancedClient::~BalancedClient() = default;

void BalancedClient::measure(Metrics& metrics, const std::string& upstream) {
  for (const auto& member : members_) {
    const Metrics::Labels labels{{"upstream", upstream}, {"address", member->address}};
    const auto gauge = [&](const char* name, const char* help, auto read) {
      metrics.gauge(name, help, labels, [this, &member = *member, read] {
        const std::scoped_lock lock(mutex_);
        return static_cast<double>(read(member));
      });
    };
    gauge("cloudcart_upstream_ready", "Whether a process of an upstream says that it is ready.",
          [](const Member& of) { return of.is_ready; });
    gauge("cloudcart_upstream_circuit_open",
          "Whether a process of an upstream is left alone because requests to it failed one after the other.",
          [](const Member& of) { return of.circuit.open_until() != MonotonicTime::min(); });
    gauge("cloudcart_upstream_under_way", "Requests under way to a process of an upstream.",
          [](const Member& of) { return of.under_way; });
  }
}

bool BalancedClient::is_out(const Member& member, MonotonicTime now) const {
  return !member.is_ready || !member.circuit.admits(now);
}

/// The best one that has not been tried: not out, else the soonest to be in again; then the least busy.
BalancedClient::Member& BalancedClient::pick(const Tried& tried, MonotonicTime now) {
  const auto rank = [this, now](const Member& member) {
    const bool out = is_out(member, now);
    return std::tuple{out, out ? member.circuit.open_until() : MonotonicTime::min(), member.under_way};
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
  const bool is_harmless = error.code == ErrorCode::unavailable || error.code == ErrorCode::overloaded ||
                           (is_safe && error.code == ErrorCode::outcome_unknown);
  const auto now = Executor::current()->now();
  if (!is_harmless || now >= deadline) return false;
  const std::scoped_lock lock(mutex_);
  return retries_.take(now);
}

std::unique_ptr<BalancedClient::Attempt> BalancedClient::begin(Tried& tried) {
  const auto now = Executor::current()->now();
  const std::scoped_lock lock(mutex_);
  if (tried.empty()) retries_.count_request(now);
  auto& member = pick(tried, now);
  tried.push_back(&member);
  return std::make_unique<Attempt>(*this, member, now);
}

std::unique_ptr<BalancedClient::Attempt> BalancedClient::begin_hedge(Tried& tried) {
  const auto now = Executor::current()->now();
  const std::scoped_lock lock(mutex_);
  auto& member = pick(tried, now);
  if (is_out(member, now) || !retries_.take(now)) return nullptr;
  tried.push_back(&member);
  return std::make_unique<Attempt>(*this, member, now);
}

Task<Result<Response>> BalancedClient::send(ClientRequest request, Deadline deadline) {
  // Nobody's failure, so nobody is asked.
  if (Executor::current()->now() > deadline)
    co_return fail(ErrorCode::deadline_exceeded, "The request waited longer than its time limit.");
  Tried tried;
  for (;;) {
    Result<Response> answer;
    request.resends = static_cast<unsigned>(tried.size());
    if (tried.size() + 1 == members_.size()) {
      co_return co_await send_once(std::move(request), deadline, tried);
    } else if (hedges(request, deadline)) {
      answer = co_await send_hedged(request, deadline, tried);
    } else {
      answer = co_await send_once(request, deadline, tried);
    }
    if (answer || tried.size() == members_.size() || is_given_up(request.cancellation) ||
        !may_retry(is_read(request.method), answer.error(), deadline))
      co_return answer;
  }
}

Task<Result<Response>> BalancedClient::send_once(ClientRequest request, Deadline deadline, Tried& tried) {
  const auto attempt = begin(tried);
  auto answer = co_await attempt->client().send(std::move(request), deadline);
  attempt->end_with(answer);
  co_return answer;
}

/// Not of one that its sender may give up: it has one way to be told so, and here there would be two to tell.
bool BalancedClient::hedges(const ClientRequest& request, Deadline deadline) const {
  return options_.hedge_after > milliseconds{0} && request.may_hedge && is_read(request.method) &&
         request.upgrade.empty() && !request.cancellation &&
         Executor::current()->now() + options_.hedge_after < deadline;
}

Task<Result<Response>> BalancedClient::send_hedged(const ClientRequest& request, Deadline deadline,
                                                   Tried& tried) {
  Notifier ended;
  std::array<Run, 2> runs;
  std::size_t begun = 0;
  const auto* span = co_await current_span();
  const auto run = [&](std::unique_ptr<Attempt> attempt) {
    auto copy = request;
    copy.resends += static_cast<unsigned>(begun);
    auto& one = runs[begun++];
    one.attempt = std::move(attempt);
    copy.cancellation = one.cancellation;
    start(within(span, one.attempt->client().send(std::move(copy), deadline)), [&one, &ended](auto outcome) {
      one.outcome.emplace(std::move(outcome));
      ended.notify_all();
    });
  };
  const auto begun_ones = [&] { return std::span(runs).first(begun); };
  const auto all_ended = [&] { return std::ranges::all_of(begun_ones(), &Run::has_ended); };
  const auto is_decided = [&] {
    return all_ended() || std::ranges::any_of(begun_ones(), &Run::has_answered);
  };

  run(begin(tried));
  co_await wait_for(ended, is_decided, Executor::current()->now() + options_.hedge_after);
  if (!is_decided())
    if (auto hedge = begin_hedge(tried)) run(std::move(hedge));
  co_await wait_for(ended, is_decided, MonotonicTime::max());
  const auto winner = std::ranges::find_if(begun_ones(), &Run::has_answered);
  for (auto& one : begun_ones()) {
    if (one.result()) one.attempt->end_with(*one.result());
    if (one.has_ended()) continue;
    one.attempt->end_given_up(&one == &runs.front());
    one.cancellation->request();
  }
  co_await wait_for(ended, all_ended, MonotonicTime::max());
  co_return (winner == begun_ones().end() ? begun_ones().back() : *winner).take();
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
  auto& client = member.checks ? *member.checks : *member.client;
  const auto answer = co_await client.send({.method = Method::get, .target = "/ready"},
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
