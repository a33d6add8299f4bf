#pragma once

#include <span>
#include <vector>

#include "analytics/domain/alert.h"

namespace cloudcart::analytics {

/// How alerts are decided: pure functions of a rule, its state and what was measured.

/// What a rule asks at `now`: the window, and the baseline of a sudden change. A window holds this very
/// millisecond, so that an order counts as soon as it is there.
std::vector<CubeQuery> questions_of(const AlertRule& rule, Timestamp now);
/// The answers to them.
AlertReading reading_of(const AlertRule& rule, std::span<const CubeAnswer> answers);

/// By how much the reading differs from its baseline, in hundredths of a percent; empty where one of them is
/// not defined, or the baseline is below the least that says something.
std::optional<std::int64_t> change_of(const SuddenChange& condition, const AlertReading& reading);

/// The change that the reading brings, if any. What is not defined changes nothing: an alert neither fires nor
/// is over because there is no figure.
std::optional<AlertChange> next_change(const AlertRule& rule, const AlertState& state,
                                       const AlertReading& reading, Timestamp now);

/// The state after an event.
AlertState after(const AlertState& state, const AlertEvent& event);

/// The event of a change; `id` is new.
AlertEvent event_of(const AlertRule& rule, const AlertState& state, AlertChange change, AlertReason reason,
                    AlertEventId id, Timestamp now);

/// A rule after an edit, and what becomes of its state.
struct AlertEdit {
  AlertRule rule;
  AlertState state;
  std::optional<AlertEvent> event;
};

/// `rule` takes the place of `before`; its id, times and version are set here. An alert that fires ends when
/// it is switched off or watches something else from now on; then nothing of the past keeps it from firing.
AlertEdit edit(const AlertRule& before, const AlertState& state, AlertRule rule, AlertEventId id,
               Timestamp now);

}  // namespace cloudcart::analytics
