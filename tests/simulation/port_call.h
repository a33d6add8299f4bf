#pragma once

#include <utility>

#include "core/caller.h"
#include "core/result.h"
#include "simulation/context.h"

namespace cloudcart::simulation {

/// Where code runs: a life of a process in a world.
struct Site {
  Context& context;
  Process& process;
};

enum class Access : std::uint8_t { read, write, repeatable_write };

/// What a fault plan has in store for one call.
Fault draw_fault(Context& context, Port port, Access access);
/// Lets others run, for a moment or, when `slow`, for up to minutes.
Task<void> pause(Context& context, bool slow);
/// One of the errors that mean that nothing was changed.
Error refusal(Random& random);
inline std::unexpected<Error> gone() {
  return fail(ErrorCode::unavailable, "This process is dead.");
}
inline std::unexpected<Error> unknown_outcome() {
  return fail(ErrorCode::outcome_unknown, "The answer was lost.");
}

/// One call of a port: it takes time before and after, fails as the plan says, and has its effect (`perform`,
/// a function that answers a task which never suspends) at one moment, or not at all.
template <class R, class Perform>
Task<R> call_port(Site site, Port port, Access access, Deadline deadline, Perform perform) {
  auto& context = site.context;
  if (!site.process.is_alive()) co_return gone();
  const auto fault = draw_fault(context, port, access);
  if (fault != Fault::none)
    context.trace("  {} of {}: {}", to_string(port), site.process.name(), to_string(fault));
  // A store looks at the deadline when it takes a call up; the disk may be slow before that or after.
  const bool slow_after = context.random().percent(50);
  co_await pause(context, fault == Fault::slow && !slow_after);
  if (!site.process.is_alive()) co_return gone();
  if (deadline < site.process.now()) {
    context.tally.fault(port, Fault::late);
    co_return fail(ErrorCode::deadline_exceeded, "It is too late.");
  }
  if (fault == Fault::slow && slow_after) co_await pause(context, true);
  if (!site.process.is_alive()) co_return gone();
  if (fault == Fault::refused) co_return fail(refusal(context.random()));
  if (fault == Fault::request_lost) co_return unknown_outcome();
  R answer = co_await perform();
  if (fault == Fault::repeated) answer = co_await perform();
  co_await pause(context, false);
  if (!site.process.is_alive()) co_return gone();
  if (fault == Fault::answer_lost) co_return unknown_outcome();
  co_return answer;
}

}  // namespace cloudcart::simulation
