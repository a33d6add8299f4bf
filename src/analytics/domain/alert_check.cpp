#include "analytics/domain/alert_check.h"

#include <algorithm>

namespace cloudcart::analytics {
namespace {

constexpr std::int64_t hundredths_of_a_percent = 10'000;

CubeQuery question(const AlertRule& rule, Timestamp end) {
  return {.moments = {{end - rule.window, end}},
          .selections = rule.selections,
          .customers = definition_of(rule.metric).source == Source::customers,
          .passages = definition_of(rule.metric).source == Source::passages,
          .limit = 1};
}

std::optional<std::int64_t> scaled(Metric metric, const SalesFigures& figures) {
  return value_of(metric, figures).transform([](Number number) { return number.scaled; });
}

bool holds(const Threshold& threshold, std::int64_t value) {
  return threshold.side == Side::above ? value > threshold.value : value < threshold.value;
}

bool is_over(const Threshold& threshold, std::int64_t value) {
  return threshold.side == Side::above ? value <= threshold.clear_at : value >= threshold.clear_at;
}

/// How far a change goes the way that is watched.
std::int64_t extent_of(Direction direction, std::int64_t change) {
  switch (direction) {
    case Direction::up:
      return change;
    case Direction::down:
      return -change;
    case Direction::either:
      return std::max(change, -change);
  }
  return 0;
}

bool holds(const SuddenChange& condition, std::int64_t change) {
  return extent_of(condition.direction, change) >= condition.percent;
}

bool is_over(const SuddenChange& condition, std::int64_t change) {
  return extent_of(condition.direction, change) < condition.clear_percent;
}

std::optional<std::int64_t> measured(const Threshold&, const AlertReading& reading) {
  return reading.value;
}

std::optional<std::int64_t> measured(const SuddenChange& condition, const AlertReading& reading) {
  return change_of(condition, reading);
}

}  // namespace

std::vector<CubeQuery> questions_of(const AlertRule& rule, Timestamp now) {
  const auto end = now + milliseconds{1};
  std::vector<CubeQuery> questions{question(rule, end)};
  if (const auto* change = std::get_if<SuddenChange>(&rule.condition)) {
    const bool right_before = change->baseline == Baseline::window_before;
    questions.push_back(question(rule, right_before ? end - rule.window : end - std::chrono::days{7}));
  }
  return questions;
}

AlertReading reading_of(const AlertRule& rule, std::span<const CubeAnswer> answers) {
  AlertReading reading{.value = scaled(rule.metric, answers.front().total)};
  if (answers.size() > 1) reading.baseline = scaled(rule.metric, answers.back().total);
  return reading;
}

std::optional<std::int64_t> change_of(const SuddenChange& condition, const AlertReading& reading) {
  if (!reading.value || !reading.baseline) return std::nullopt;
  if (*reading.baseline < std::max<std::int64_t>(condition.minimum_baseline, 1)) return std::nullopt;
  return rounded_ratio(*reading.value - *reading.baseline, hundredths_of_a_percent, *reading.baseline);
}

std::optional<AlertChange> next_change(const AlertRule& rule, const AlertState& state,
                                       const AlertReading& reading, Timestamp now) {
  if (!rule.enabled) return std::nullopt;
  return std::visit(
      [&](const auto& condition) -> std::optional<AlertChange> {
        const auto figure = measured(condition, reading);
        if (!figure) return std::nullopt;
        if (state.firing) {
          if (is_over(condition, *figure)) return AlertChange::resolved;
          return std::nullopt;
        }
        // What lies in the future was said by a clock that has been set back since.
        const bool rests = state.fired_at && *state.fired_at <= now && now < *state.fired_at + rule.cool_down;
        if (rests || !holds(condition, *figure)) return std::nullopt;
        return AlertChange::fired;
      },
      rule.condition);
}

AlertState after(const AlertState& state, const AlertEvent& event) {
  AlertState next = state;
  next.firing = event.change == AlertChange::fired;
  next.changed_at = event.at;
  next.incident.reset();
  if (next.firing) {
    next.fired_at = event.at;
    next.incident = event.incident;
  }
  ++next.changes;
  return next;
}

AlertEvent event_of(const AlertRule& rule, const AlertState& state, AlertChange change, AlertReason reason,
                    AlertEventId id, Timestamp now) {
  return {.id = id,
          .alert = rule.id,
          .alert_name = rule.name,
          .change = change,
          .reason = reason,
          .incident = state.incident.value_or(id),
          .metric = rule.metric,
          .reading = {},
          .condition = rule.condition,
          .window = rule.window,
          .at = now};
}

AlertEdit edit(const AlertRule& before, const AlertState& state, AlertRule rule, AlertEventId id,
               Timestamp now) {
  rule.id = before.id;
  rule.created_at = before.created_at;
  rule.updated_at = now;
  rule.version = before.version + 1;
  AlertEdit done{.rule = std::move(rule), .state = state, .event = {}};
  const bool same = watches_the_same(before, done.rule);
  if (state.firing && (!same || !done.rule.enabled)) {
    const auto reason = same ? AlertReason::disabled : AlertReason::edited;
    done.event = event_of(before, state, AlertChange::resolved, reason, id, now);
    done.state = after(state, *done.event);
  }
  if (!same) done.state.fired_at.reset();
  return done;
}

}  // namespace cloudcart::analytics
