#include "simulation/port_call.h"

#include <array>

namespace cloudcart::simulation {

Fault draw_fault(Context& context, Port port, Access access) {
  auto fault = Fault::none;
  if (!context.is_quiet) {
    const auto& rates = context.plan.at(port);
    const bool writes = access != Access::read;
    auto left = context.random().below(1000);
    const auto strikes = [&](std::uint32_t rate) {
      const bool now = left < rate;
      left -= now ? 0 : rate;
      return now;
    };
    if (strikes(rates.refused)) {
      fault = Fault::refused;
    } else if (writes && strikes(rates.request_lost)) {
      fault = Fault::request_lost;
    } else if (writes && strikes(rates.answer_lost)) {
      fault = Fault::answer_lost;
    } else if (access == Access::repeatable_write && strikes(rates.repeated)) {
      fault = Fault::repeated;
    } else if (strikes(rates.slow)) {
      fault = Fault::slow;
    }
  }
  context.tally.fault(port, fault);
  return fault;
}

Task<void> pause(Context& context, bool slow) {
  auto& random = context.random();
  // A few short steps: how many others get in between is up to the scheduler.
  auto time = milliseconds{random.percent(30) ? random.between(1, 5) : 0};
  if (slow)
    time = milliseconds{random.percent(20) ? random.between(5'000, 90'000) : random.between(10, 2'000)};
  co_await sleep_until(Executor::current()->now() + time);
}

Error refusal(Random& random) {
  constexpr std::array codes{ErrorCode::unavailable, ErrorCode::overloaded, ErrorCode::deadline_exceeded};
  return {codes[random.below(codes.size())], "A fault of the simulation.", {}};
}

}  // namespace cloudcart::simulation
