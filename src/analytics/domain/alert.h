#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/domain/cube.h"
#include "analytics/domain/metric.h"

namespace cloudcart::analytics {

using AlertId = Id<struct AlertTag>;
using AlertEventId = Id<struct AlertEventTag>;

enum class Side : std::uint8_t { above, below };
std::string_view to_string(Side side);
std::optional<Side> parse_side(std::string_view word);

/// Holds while the metric is beyond `value`, and is over once it has come back to `clear_at`: in between, a
/// figure that trembles around the threshold changes nothing. Both in units of the metric's last decimal.
struct Threshold {
  Side side = Side::above;
  std::int64_t value = 0;
  std::int64_t clear_at = 0;  ///< `value`, or on the quiet side of it
  bool operator==(const Threshold&) const = default;
};

enum class Direction : std::uint8_t { up, down, either };
std::string_view to_string(Direction direction);
std::optional<Direction> parse_direction(std::string_view word);

/// What a window is compared with: as long a one that ends where it begins, or itself 7 × 24 hours earlier.
enum class Baseline : std::uint8_t { window_before, week_earlier };
std::string_view to_string(Baseline baseline);
std::optional<Baseline> parse_baseline(std::string_view word);

/// Holds while the metric differs from the baseline by `percent` or more, and is over once it differs by less
/// than `clear_percent`. A baseline below `minimum_baseline` says nothing: three orders after one are no
/// sudden change. Percent are in hundredths, the baseline in units of the metric's last decimal.
struct SuddenChange {
  Direction direction = Direction::either;
  std::int64_t percent = 0;
  std::int64_t clear_percent = 0;  ///< at most `percent`
  Baseline baseline = Baseline::window_before;
  std::int64_t minimum_baseline = 1;
  bool operator==(const SuddenChange&) const = default;
};

using AlertCondition = std::variant<Threshold, SuddenChange>;

struct Webhook {
  std::string url;
  std::string secret;  ///< signs what is sent; never shown again, never logged
  bool operator==(const Webhook&) const = default;
};

constexpr std::chrono::minutes longest_alert_window = std::chrono::days{90};
constexpr std::chrono::minutes longest_cool_down = std::chrono::days{7};
constexpr std::size_t max_alert_name_length = 100;

/// What is watched, and when someone is to be told.
struct AlertRule {
  AlertId id;
  std::string name;
  Metric metric = Metric::orders;
  std::vector<Selection> selections;
  std::chrono::minutes window{60};  ///< the last so many minutes, up to now
  AlertCondition condition;
  std::chrono::minutes cool_down{15};  ///< does not fire again so soon after it has fired
  bool enabled = true;
  std::optional<Webhook> webhook;
  std::int64_t version = 1;  ///< of the rule as it was written; one more with each edit
  Timestamp created_at;
  Timestamp updated_at;
  bool operator==(const AlertRule&) const = default;
};

/// Whether an edit leaves what is watched as it was: name, webhook and cool-down may differ.
bool watches_the_same(const AlertRule& a, const AlertRule& b);

/// ok → firing → ok.
struct AlertState {
  bool firing = false;
  std::optional<Timestamp> changed_at;   ///< empty until it fires for the first time
  std::optional<Timestamp> fired_at;     ///< the last time
  std::optional<AlertEventId> incident;  ///< while firing: the event that said so
  std::int64_t changes = 0;              ///< how often it has changed; tells states of one rule apart
  bool operator==(const AlertState&) const = default;
};

/// A figure, and what it is compared with; empty where the metric is not defined. In units of the metric's
/// last decimal.
struct AlertReading {
  std::optional<std::int64_t> value;
  std::optional<std::int64_t> baseline;
  bool operator==(const AlertReading&) const = default;
};

enum class AlertChange : std::uint8_t { fired, resolved };
std::string_view to_string(AlertChange change);

/// Why a state changed: the figure; or, while it fired, the rule was edited, switched off or deleted.
enum class AlertReason : std::uint8_t { measured, edited, disabled, deleted };
std::string_view to_string(AlertReason reason);

/// What a person or a program is told, with what it was at that moment.
struct AlertEvent {
  AlertEventId id;
  AlertId alert;
  std::string alert_name;
  AlertChange change = AlertChange::fired;
  AlertReason reason = AlertReason::measured;
  AlertEventId incident;  ///< of the event that fired: its own id, or that of the one which is resolved
  Metric metric = Metric::orders;
  AlertReading reading;  ///< empty when nothing was measured
  AlertCondition condition;
  std::chrono::minutes window{60};
  Timestamp at;
  std::int64_t position = 0;  ///< of the event log, that the figures hold everything up to
  bool operator==(const AlertEvent&) const = default;
};

}  // namespace cloudcart::analytics
