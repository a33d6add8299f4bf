#include <gtest/gtest.h>

#include "analytics/domain/alert_check.h"
#include "analytics/domain/alert_delivery.h"
#include "analytics/domain/alert_json.h"
#include "analytics/domain/selection_json.h"
#include "core/json_reader.h"
#include "core/random.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::at;
using test::id_of;

const Timestamp noon = at("2026-07-15T12:00:00.000Z");

AlertRule rule_of(AlertCondition condition, std::chrono::minutes cool_down = 0min) {
  return {.id = id_of<AlertId>(1),
          .name = "Rush",
          .metric = Metric::net_revenue,
          .window = 60min,
          .condition = condition,
          .cool_down = cool_down};
}

/// Follows one rule through time, as the check does.
class Watch {
 public:
  explicit Watch(AlertRule rule) : rule_(std::move(rule)) {}

  /// "fired", "resolved" or nothing.
  std::string see(AlertReading reading, Timestamp now = noon) {
    const auto change = next_change(rule_, state, reading, now);
    if (!change) return "";
    const auto event =
        event_of(rule_, state, *change, AlertReason::measured, id_of<AlertEventId>(++ids_), now);
    state = after(state, event);
    events.push_back(event);
    return std::string{to_string(*change)};
  }
  std::string see(std::int64_t value, Timestamp now = noon) { return see(AlertReading{.value = value}, now); }

  AlertState state;
  std::vector<AlertEvent> events;

 private:
  AlertRule rule_;
  std::uint32_t ids_ = 0;
};

TEST(AlertTest, AThresholdIsCrossedNotTouched) {
  Watch above(rule_of(Threshold{Side::above, 1000, 1000}));
  EXPECT_EQ(above.see(1000), "");
  EXPECT_EQ(above.see(1001), "fired");
  EXPECT_EQ(above.see(5000), "");
  EXPECT_EQ(above.see(1000), "resolved");
  Watch below(rule_of(Threshold{Side::below, 1, 1}));
  EXPECT_EQ(below.see(1), "");
  EXPECT_EQ(below.see(0), "fired");
  EXPECT_EQ(below.see(-100), "");
  EXPECT_EQ(below.see(1), "resolved");
}

TEST(AlertTest, AFigureThatTremblesAroundTheThresholdFiresOnce) {
  Watch watch(rule_of(Threshold{Side::above, 1000, 800}));
  EXPECT_EQ(watch.see(1001), "fired");
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(watch.see(900), "");
    EXPECT_EQ(watch.see(1100), "");
  }
  EXPECT_EQ(watch.see(800), "resolved");
  EXPECT_EQ(watch.see(1001), "fired");
  EXPECT_EQ(watch.events.size(), 3u);
  EXPECT_EQ(watch.events[1].incident, watch.events[0].id);
  EXPECT_EQ(watch.events[2].incident, watch.events[2].id);
}

TEST(AlertTest, AfterFiringItRestsForTheCoolDown) {
  Watch watch(rule_of(Threshold{Side::above, 10, 10}, 15min));
  EXPECT_EQ(watch.see(11, noon), "fired");
  EXPECT_EQ(watch.see(5, noon + 1min), "resolved");
  EXPECT_EQ(watch.see(11, noon + 15min - 1ms), "");
  EXPECT_EQ(watch.see(11, noon + 15min), "fired");
  EXPECT_EQ(watch.see(5, noon + 16min), "resolved");
  EXPECT_EQ(watch.see(11, noon - 24h), "fired") << "the clock was set back a day";
}

TEST(AlertTest, WhatIsNotDefinedChangesNothing) {
  Watch watch(rule_of(Threshold{Side::below, 10, 10}));
  EXPECT_EQ(watch.see(AlertReading{}), "");
  EXPECT_EQ(watch.see(9), "fired");
  EXPECT_EQ(watch.see(AlertReading{}), "");
  EXPECT_TRUE(watch.state.firing);
}

TEST(AlertTest, ASuddenChangeIsRelativeToTheBaseline) {
  const SuddenChange halved{.direction = Direction::down,
                            .percent = 5000,
                            .clear_percent = 2000,
                            .baseline = Baseline::window_before,
                            .minimum_baseline = 100};
  Watch watch(rule_of(halved));
  EXPECT_EQ(watch.see({.value = 101, .baseline = 200}), "");
  EXPECT_EQ(watch.see({.value = 400, .baseline = 200}), "");
  EXPECT_EQ(watch.see({.value = 100, .baseline = 200}), "fired");
  EXPECT_EQ(watch.see({.value = 160, .baseline = 200}), "");
  EXPECT_EQ(watch.see({.value = 161, .baseline = 200}), "resolved");
  EXPECT_EQ(change_of(halved, {.value = 100, .baseline = 300}), -6667);
  EXPECT_EQ(change_of(halved, {.value = -100, .baseline = 200}), -15'000);
}

TEST(AlertTest, ASmallBaselineSaysNothing) {
  const SuddenChange tripled{.direction = Direction::up,
                             .percent = 20'000,
                             .clear_percent = 20'000,
                             .baseline = Baseline::window_before,
                             .minimum_baseline = 10};
  Watch watch(rule_of(tripled));
  EXPECT_EQ(watch.see({.value = 3, .baseline = 1}), "");
  EXPECT_EQ(watch.see({.value = 30, .baseline = 9}), "");
  EXPECT_EQ(watch.see({.value = 30, .baseline = 0}), "");
  EXPECT_EQ(watch.see({.value = 30, .baseline = -10}), "");
  EXPECT_EQ(watch.see({.value = 30, .baseline = std::nullopt}), "");
  EXPECT_EQ(watch.see({.value = 30, .baseline = 10}), "fired");
}

TEST(AlertTest, EitherWayLooksAtTheSizeOfTheChange) {
  const SuddenChange either{.direction = Direction::either,
                            .percent = 5000,
                            .clear_percent = 5000,
                            .baseline = Baseline::window_before,
                            .minimum_baseline = 1};
  Watch watch(rule_of(either));
  EXPECT_EQ(watch.see({.value = 150, .baseline = 100}), "fired");
  EXPECT_EQ(watch.see({.value = 50, .baseline = 100}), "");
  EXPECT_EQ(watch.see({.value = 51, .baseline = 100}), "resolved");
  EXPECT_EQ(watch.see({.value = 50, .baseline = 100}), "fired");
}

TEST(AlertTest, AWindowHoldsThisMillisecondAndItsBaselineLiesRightBefore) {
  auto rule = rule_of(SuddenChange{.baseline = Baseline::window_before});
  rule.metric = Metric::active_customers;
  rule.selections = {{Dimension::category, {std::string{"Kitchen"}}, true}};
  const auto questions = questions_of(rule, noon);
  ASSERT_EQ(questions.size(), 2u);
  EXPECT_EQ(questions[0].moments, (std::vector{TimeRange{noon - 1h + 1ms, noon + 1ms}}));
  EXPECT_EQ(questions[1].moments, (std::vector{TimeRange{noon - 2h + 1ms, noon - 1h + 1ms}}));
  EXPECT_TRUE(questions[0].customers);
  EXPECT_EQ(questions[1].selections, rule.selections);
  std::get<SuddenChange>(rule.condition).baseline = Baseline::week_earlier;
  const TimeRange week_earlier{noon - 168h - 1h + 1ms, noon - 168h + 1ms};
  EXPECT_EQ(questions_of(rule, noon)[1].moments, std::vector{week_earlier});
  rule.condition = Threshold{};
  EXPECT_EQ(questions_of(rule, noon).size(), 1u);
}

TEST(AlertTest, AReadingIsTheMetricOfTheTotals) {
  auto rule = rule_of(Threshold{});
  const SalesFigures some{.placed_orders = 4, .gross = Money{1000}, .cancelled_orders = 1};
  const std::vector<CubeAnswer> answers{{.total = some}, {}};
  EXPECT_EQ(reading_of(rule, std::span{answers}.first(1)), (AlertReading{.value = 1000}));
  rule.metric = Metric::cancellation_rate;
  EXPECT_EQ(reading_of(rule, answers), (AlertReading{.value = 2500, .baseline = std::nullopt}));
}

TEST(AlertTest, ADisabledRuleStaysSilentAndEndsWhatItFired) {
  auto rule = rule_of(Threshold{Side::above, 10, 10}, 60min);
  Watch watch(rule);
  watch.see(11);
  auto off = rule;
  off.enabled = false;
  EXPECT_EQ(next_change(off, AlertState{}, {.value = 11}, noon), std::nullopt);
  const auto done = edit(rule, watch.state, off, id_of<AlertEventId>(9), noon + 1min);
  ASSERT_TRUE(done.event);
  EXPECT_EQ(done.event->change, AlertChange::resolved);
  EXPECT_EQ(done.event->reason, AlertReason::disabled);
  EXPECT_EQ(done.event->incident, watch.events[0].id);
  EXPECT_FALSE(done.state.firing);
  EXPECT_EQ(done.rule.version, 2);
  EXPECT_EQ(done.state.fired_at, noon);
}

TEST(AlertTest, AnEditThatWatchesTheSameLetsItFireOn) {
  const auto rule = rule_of(Threshold{Side::above, 10, 10}, 60min);
  Watch watch(rule);
  watch.see(11);
  auto renamed = rule;
  renamed.name = "Rush hour";
  const auto kept = edit(rule, watch.state, renamed, id_of<AlertEventId>(9), noon);
  EXPECT_FALSE(kept.event);
  EXPECT_EQ(kept.state, watch.state);
  auto other = rule;
  other.window = 30min;
  const auto ended = edit(rule, watch.state, other, id_of<AlertEventId>(9), noon);
  ASSERT_TRUE(ended.event);
  EXPECT_EQ(ended.event->reason, AlertReason::edited);
  EXPECT_EQ(ended.state.fired_at, std::nullopt);
}

/// Random figures, pauses and gaps: fired and resolved alternate, each resolved event names the one that
/// fired, nothing fires within the cool-down, and the same figures give the same events.
TEST(AlertTest, EventsAlternateWhateverTheFiguresDo) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    const auto run = [seed] {
      Random random(seed, 7);
      const auto value = random.between(-50, 50);
      const auto side = random.percent(50) ? Side::above : Side::below;
      const auto slack = random.between(0, 20);
      const auto cool_down = std::chrono::minutes{random.between(0, 30)};
      Watch watch(
          rule_of(Threshold{side, value, side == Side::above ? value - slack : value + slack}, cool_down));
      auto now = noon;
      for (int i = 0; i < 400; ++i, now += std::chrono::seconds{random.between(1, 300)}) {
        std::optional<std::int64_t> figure;
        if (!random.percent(10)) figure = random.between(-80, 80);
        watch.see(AlertReading{.value = figure}, now);
      }
      return std::pair{watch.events, cool_down};
    };
    const auto [events, cool_down] = run();
    EXPECT_EQ(run().first, events);
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].change, i % 2 == 0 ? AlertChange::fired : AlertChange::resolved);
      EXPECT_EQ(events[i].incident, events[i - i % 2].id);
      if (i >= 2 && i % 2 == 0) EXPECT_GE(events[i].at, events[i - 2].at + cool_down);
    }
  }
}

TEST(AlertDeliveryTest, PausesGrowUpToTheLongestAndAreCutByAtMostAHalf) {
  const RetryPlan plan{.attempts = 12, .first_pause = 1s, .longest_pause = 1h};
  EXPECT_EQ(pause_after(plan, 1, 0), 1s);
  EXPECT_EQ(pause_after(plan, 2, 0), 3s);
  EXPECT_EQ(pause_after(plan, 7, 0), 729s);
  EXPECT_EQ(pause_after(plan, 9, 0), 1h);
  EXPECT_EQ(pause_after(plan, 1000, 0), 1h);
  Random random(1, 1);
  for (int attempt = 1; attempt < 12; ++attempt) {
    const auto whole = pause_after(plan, attempt, 0);
    for (int i = 0; i < 100; ++i) {
      const auto pause = pause_after(plan, attempt, random.next());
      EXPECT_GE(pause, whole / 2);
      EXPECT_LE(pause, whole);
    }
  }
}

TEST(AlertDeliveryTest, IsTriedUntilItSucceedsOrTheAttemptsAreUsedUp) {
  const RetryPlan plan{.attempts = 3, .first_pause = 1s};
  const auto once = after_attempt({}, plan, "answered 500", noon, 0);
  EXPECT_EQ(once, (AlertDelivery{.status = DeliveryStatus::pending,
                                 .attempts = 1,
                                 .next_attempt_at = noon + 1s,
                                 .last_attempt_at = noon,
                                 .last_error = "answered 500"}));
  const auto twice = after_attempt(once, plan, "answered 500", noon, 0);
  EXPECT_EQ(twice.next_attempt_at, noon + 3s);
  EXPECT_EQ(after_attempt(twice, plan, "no answer", noon, 0).status, DeliveryStatus::given_up);
  const auto done = after_attempt(twice, plan, "", noon, 0);
  EXPECT_EQ(done.status, DeliveryStatus::delivered);
  EXPECT_EQ(done.attempts, 3);
  EXPECT_EQ(done.next_attempt_at, std::nullopt);
}

TEST(AlertJsonTest, AnEventIsWrittenInUnitsOfItsMetric) {
  auto rule = rule_of(SuddenChange{.direction = Direction::down,
                                   .percent = 5000,
                                   .clear_percent = 2500,
                                   .baseline = Baseline::week_earlier,
                                   .minimum_baseline = 10'000});
  auto event = event_of(rule, {}, AlertChange::fired, AlertReason::measured, id_of<AlertEventId>(5), noon);
  event.reading = {.value = 5005, .baseline = 20'000};
  event.position = 42;
  EXPECT_EQ(
      event_json(event),
      R"({"event_id":"00000000-0000-0000-0000-000000000005","type":"alert.fired",)"
      R"("incident_id":"00000000-0000-0000-0000-000000000005",)"
      R"("alert_id":"00000000-0000-0000-0000-000000000001","alert_name":"Rush","reason":"measured",)"
      R"("metric":"net_revenue","unit":"amount","value":50.05,"baseline":200.00,"change_percent":-74.98,)"
      R"("condition":{"type":"sudden_change","direction":"down","percent":50.00,"clear_percent":25.00,)"
      R"("baseline":"week_earlier","minimum_baseline":100.00},"window_minutes":60,)"
      R"("at":"2026-07-15T12:00:00.000Z","position":42})");
}

TEST(SelectionJsonTest, ReadsWhatItWrites) {
  const std::vector<Selection> selections{
      {Dimension::product, {id_of<ProductId>(1), id_of<ProductId>(2)}, false},
      {Dimension::category, {std::string{"Küche \"rot\""}}, true},
      {Dimension::customer, {NoCustomer{}, id_of<UserId>(3)}, false},
      {Dimension::status, {OrderStatus::cancelled}, false}};
  JsonWriter json;
  json.begin_object();
  write_selections(json, "filters", selections);
  json.end_object();
  const auto value = parse_json(json.str()).value();
  std::vector<FieldError> errors;
  EXPECT_EQ(read_selections(value.at("filters").as_array(), "filters", errors), selections);
  EXPECT_TRUE(errors.empty());
}

TEST(SelectionJsonTest, NamesEveryViolation) {
  const auto value = parse_json(R"([{"dimension":"product","values":["x",null,3]},
      {"dimension":"weekday","values":["monday"]}, {"dimension":"status","values":[]},
      {"dimension":"category","values":["a"],"exclude":1}, {"dimension":"category","values":["b"]}, 7])");
  std::vector<FieldError> errors;
  read_selections(value->as_array(), "filters", errors);
  std::vector<std::string> fields;
  for (const auto& error : errors) fields.push_back(error.field);
  EXPECT_EQ(fields,
            (std::vector<std::string>{"filters[0].values[0]", "filters[0].values[1]", "filters[0].values[2]",
                                      "filters[1].dimension", "filters[2].values", "filters[3].exclude",
                                      "filters[4].dimension", "filters[5]"}));
}

}  // namespace
}  // namespace cloudcart::analytics
