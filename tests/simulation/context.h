#pragma once

#include <array>
#include <cstdio>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/id_generator.h"
#include "core/result.h"
#include "simulation/mutations.h"
#include "simulation/scheduler.h"
#include "simulation/tally.h"

namespace cloudcart::simulation {

/// Chances in a thousand.
struct FaultRates {
  std::uint32_t refused = 0, request_lost = 0, answer_lost = 0, repeated = 0, slow = 0;
};

/// What a seed is about: which ports are how bad, who crashes how often, and what the platform looks like.
struct Plan {
  static Plan draw(Random& random);

  std::array<FaultRates, port_count> faults{};
  bool distributed = false;  ///< each service in a process of its own
  bool broker = false;       ///< consumers follow a broker that repeats and reorders
  bool calm = true;          ///< nothing fails, repeats or crashes; only the order of things is random
  /// Every refused order can give its stock back itself, and has the time for it.
  bool must_compensate = true;
  std::size_t crashes = 0;
  milliseconds reservation_timeout{};  ///< see product::SettleReservations
  std::size_t clock_moves = 0;         ///< few enough that no key grows old by them

  /// Whether nothing at this port fails; it may be slow.
  bool is_flawless(Port port) const;
  const FaultRates& at(Port port) const { return faults[static_cast<std::size_t>(port)]; }
};

/// Ids as the platform makes them, from the seed.
class SeededIds final : public IdGenerator {
 public:
  SeededIds(const Clock& clock, std::uint64_t seed) : clock_(clock), random_(seed, 2) {}
  Uuid next() override;

 private:
  const Clock& clock_;
  Random random_;
  std::uint64_t count_ = 0;
};

struct Violation {
  std::string promise;  ///< a short name
  std::string what;
  bool operator==(const Violation&) const = default;
};

/// What everybody in a simulated world shares.
struct Context {
  Context(std::uint64_t seed_, Mutation mutation_, Tally& tally_, bool traces_)
      : seed(seed_),
        mutation(mutation_),
        tally(tally_),
        traces(traces_),
        scheduler(seed),
        plan(Plan::draw(scheduler.random())) {}

  const std::uint64_t seed;
  const Mutation mutation;
  Tally& tally;
  const bool traces;
  Scheduler scheduler;
  Plan plan;
  bool is_quiet = false;  ///< the end: no more faults
  std::optional<Violation> violation;

  Random& random() { return scheduler.random(); }
  bool is(Mutation which) const { return mutation == which; }
  /// The first one counts.
  void violate(std::string promise, std::string what) {
    trace("VIOLATION {}: {}", promise, what);
    if (!violation) violation = Violation{std::move(promise), std::move(what)};
  }
  template <class... Args>
  void trace(fmt::format_string<Args...> format, Args&&... args) {
    if (!traces) return;
    const auto ms = std::chrono::duration_cast<milliseconds>(scheduler.monotonic_now().time_since_epoch());
    fmt::print("{:>6} {:>8} ms  {}\n", scheduler.steps(), ms.count(),
               fmt::format(format, std::forward<Args>(args)...));
  }
};

/// The last digits tell ids of a seed apart.
template <class IdType>
std::string shorten(IdType id) {
  return id.to_string().substr(28);
}

template <class T>
std::string describe(const Result<T>& result) {
  return result ? "ok" : std::string{cloudcart::to_string(result.error().code)};
}

}  // namespace cloudcart::simulation
