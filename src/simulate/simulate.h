#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/id_generator.h"
#include "core/random.h"
#include "runtime/event_loop.h"
#include "simulate/shop_api.h"

namespace cloudcart::simulate {

struct SimulateOptions {
  double orders_per_minute = 30;
  std::uint64_t seed = 1;
  Customer staff;  ///< signed in; without a token nobody moves orders along
};

/// What has happened since the start. Safe between threads.
struct Tally {
  std::atomic<std::uint64_t> accounts{0}, orders{0}, sold_out{0}, cancelled{0}, moved{0}, restocked{0},
      failures{0};
};

/// Live traffic: visitors who open accounts or come back, look at products, put into the basket what goes
/// with what they look at, order and sometimes cancel; and staff who move orders along and fill the shelves.
/// Failures are counted and slowed down for, never fatal: a platform that restarts finds its visitors
/// waiting.
class Simulation {
 public:
  Simulation(ShopApi& api, IdGenerator& ids, SimulateOptions options)
      : api_(api), ids_(ids), options_(std::move(options)) {}

  /// Loops that run() is to be started for side by side, so that a high rate does not wait for slow answers.
  std::size_t visitors() const;
  Task<void> visit(std::size_t number, BackgroundLoops::StopFlag stop);
  Task<void> work_as_staff(BackgroundLoops::StopFlag stop);
  const Tally& tally() const { return tally_; }

 private:
  /// One loop's memory.
  struct Visitor {
    Random random;
    std::vector<Customer> known;
    std::int64_t pages = 1;
  };
  Task<Status> shop_once(Visitor& visitor);
  Task<Result<Customer>> someone(Visitor& visitor);
  Task<Result<std::vector<BasketLine>>> fill_basket(Visitor& visitor);
  Task<Status> restock_scarce(Random& random);
  Task<Status> move_some(Random& random, std::string from, std::string to, unsigned percent);

  ShopApi& api_;
  IdGenerator& ids_;
  const SimulateOptions options_;
  Tally tally_;
};

}  // namespace cloudcart::simulate
