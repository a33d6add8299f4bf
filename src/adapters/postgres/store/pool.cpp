#include "adapters/postgres/store/pool.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace cloudcart::postgres {
namespace {

constexpr milliseconds refusal_lasts{100};
/// Each starts a process of the server: more at once would only keep each other up.
constexpr std::size_t opened_at_once = 4;

Error all_busy() {
  return {ErrorCode::overloaded, "All connections to PostgreSQL are busy; try again in a moment.", {}};
}

Error out_of_reach() {
  return {ErrorCode::unavailable, "The database cannot be reached; nothing was changed.", {}};
}

}  // namespace

bool Pool::may_open() const {
  return open_ < options_.size && opening_ < opened_at_once;
}

Pool::Pool(EventLoop& loop, PoolOptions options, Metrics& metrics, const std::string& store)
    : loop_(loop),
      options_(std::move(options)),
      meter_(metrics, {{"store", store}, {"server", options_.server}},
             {.connections = options_.size, .waiting = options_.waiting_bound}) {}

void Pool::report() {
  meter_.report({.in_use = open_ - opening_ - idle_.size(),
                 .idle = idle_.size(),
                 .opening = opening_,
                 .waiting = waiting_.size()});
}

Task<Result<Pool::Lease>> Pool::acquire(MonotonicTime until) {
  if (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    report();
    co_return Lease(*this, std::move(connection), false);
  }
  if (may_open()) {
    ++open_;
    co_return co_await open(until);
  }
  co_return co_await wait_for_one(until);
}

Task<Result<Pool::Lease>> Pool::wait_for_one(MonotonicTime until) {
  if (waiting_.size() >= options_.waiting_bound) {
    meter_.refused();
    co_return std::unexpected(all_busy());
  }
  auto turn = co_await wait(until);
  if (turn.connection) co_return Lease(*this, std::move(turn.connection), false);
  if (!turn.granted) {
    meter_.refused();
    co_return std::unexpected(all_busy());
  }
  co_return co_await open(until);
}

Task<Pool::Turn> Pool::wait(MonotonicTime until) {
  co_return co_await await_value<Turn>([this, until](Resolver<Turn> resolve) {
    auto waiter = std::make_shared<Waiter>(resolve);
    waiting_.push_back(waiter);
    report();
    loop_.post_at(until, [this, waiter] {
      if (std::exchange(waiter->settled, true)) return;
      std::erase(waiting_, waiter);
      report();
      waiter->resolve({});
    });
  });
}

/// The connection has been counted already.
Task<Result<Pool::Lease>> Pool::open(MonotonicTime until) {
  ++opening_;
  report();
  std::unique_ptr<Connection> connection;
  if (loop_.now() >= refused_until_) connection = co_await try_to_open(until);
  --opening_;
  report();
  if (connection) {
    if (may_open()) {
      if (const auto waiter = next_waiter()) {
        ++open_;
        report();
        waiter->resolve({.connection = nullptr, .granted = true});
      }
    }
    co_return Lease(*this, std::move(connection), true);
  }
  // A server that answers others is there, only slow to take one more.
  const bool others_live = open_ > opening_ + 1;
  if (!others_live || loop_.now() >= until) {
    one_less();
    co_return std::unexpected(out_of_reach());
  }
  --open_;
  report();
  co_return co_await wait_for_one(until);
}

/// Nullptr when it could not be opened, and then it is not tried again for a moment.
Task<std::unique_ptr<Connection>> Pool::try_to_open(MonotonicTime until) {
  auto connection = std::make_unique<Connection>(loop_);
  connection->wait_until(std::min(until, loop_.now() + options_.connect_timeout));
  try {
    co_await connection->open(options_.settings);
    co_return connection;
  } catch (const Failure& failure) {
    meter_.failed_to_connect();
    spdlog::warn("no connection to PostgreSQL: {}", failure.what());
  }
  refused_until_ = loop_.now() + refusal_lasts;
  co_return nullptr;
}

void Pool::take_back(std::unique_ptr<Connection> connection) {
  if (connection->is_spent() || connection->in_transaction()) {
    connection.reset();
    // What broke one has most often broken all.
    open_ -= idle_.size();
    idle_.clear();
    one_less();
    return;
  }
  if (const auto waiter = next_waiter())
    waiter->resolve({.connection = std::move(connection), .granted = true});
  else
    idle_.push_back(std::move(connection));
  report();
}

void Pool::one_less() {
  if (const auto waiter = next_waiter())
    waiter->resolve({.connection = nullptr, .granted = true});
  else
    --open_;
  report();
}

std::shared_ptr<Pool::Waiter> Pool::next_waiter() {
  while (!waiting_.empty()) {
    auto waiter = std::move(waiting_.front());
    waiting_.pop_front();
    if (!std::exchange(waiter->settled, true)) return waiter;
  }
  return nullptr;
}

}  // namespace cloudcart::postgres
