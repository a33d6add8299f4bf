#include "recommendation/app/experiment_app.h"

#include <thread>

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_experiments.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using std::chrono::hours;

class ExperimentAppTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  MemoryExperiments store;
  test::FakeEventLog log;
  ExperimentApp app{
      {.experiments = store,
       .ledger = store,
       .log = log,
       .clock = clock,
       .ids = ids,
       .options = {.limits = {.address = {1, 100}, .shop = {2, 250}, .entries = 3}, .pace = seconds{0}}}};
  const Caller staff{.user = test::user(100), .role = Role::staff};

  static ExperimentPlan plan() {
    ExperimentPlan plan{.name = "Versuch"};
    plan.variants = {{"now", Algorithm::blend, 1, true}, {"new", Algorithm::popular, 1, false}};
    return plan;
  }
  Experiment started(ExperimentPlan planned) {
    const auto created = sync_wait(app.manage.create(staff, std::move(planned))).value();
    return sync_wait(app.manage.start(staff, created.id)).value();
  }
  std::optional<ChosenVariant> choose(std::uint32_t user, TaskKind placement = TaskKind::next_order) {
    return app.choice.choose({}, placement, Subject::customer(test::user(user)), clock.now());
  }
  Result<std::vector<FeedbackOutcome>> send(std::vector<ClientFeedback> feedback,
                                            std::string address = "10.0.0.1") {
    return sync_wait(app.record_feedback({}, std::move(address), std::move(feedback)));
  }
  ErrorCode code(std::vector<ClientFeedback> feedback) { return send(std::move(feedback)).error().code; }
  events::OrderEvent order(std::uint32_t number, std::uint32_t user, std::int64_t minor) {
    auto event = test::bought(number, user, {{1}});
    event.total = Money{minor};
    event.timestamp = clock.now();
    return event;
  }
  void follow() { EXPECT_TRUE(sync_wait(events::catch_up(log, app.consumer))); }
};

TEST_F(ExperimentAppTest, VariantsAreChosenFromStartToStop) {
  EXPECT_FALSE(choose(1));
  const auto experiment = started(plan());
  EXPECT_NE(experiment.keys.buckets, experiment.keys.seal);
  const auto chosen = choose(1);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->id(), experiment.id);
  EXPECT_EQ(chosen->name(), chosen->variant == 0 ? "now" : "new");
  EXPECT_EQ(choose(1)->variant, chosen->variant);
  EXPECT_FALSE(choose(1, TaskKind::basket));
  EXPECT_FALSE(app.choice.choose({"other"}, TaskKind::next_order, chosen->subject, clock.now()));
  EXPECT_EQ(app.choice.running(), 1u);
  ASSERT_TRUE(sync_wait(app.manage.stop(staff, experiment.id)));
  EXPECT_FALSE(choose(1));
  EXPECT_EQ(app.choice.running(), 0u);
}

TEST_F(ExperimentAppTest, WhatWasReadEarlierDoesNotReplaceWhatWasReadLater) {
  const auto early = app.choice.begin_reading();
  const auto experiment = started(plan());
  app.choice.replace({}, early);
  EXPECT_TRUE(choose(1));
}

TEST_F(ExperimentAppTest, APlanThatCannotBeCarriedOutIsNoDraft) {
  auto wrong = plan();
  wrong.variants[0].is_control = false;
  EXPECT_EQ(sync_wait(app.manage.create(staff, wrong)).error().code, ErrorCode::validation_failed);
  auto past = plan();
  past.ends_at = clock.now();
  const auto draft = sync_wait(app.manage.create(staff, past)).value();
  EXPECT_EQ(sync_wait(app.manage.start(staff, draft.id)).error().code, ErrorCode::conflict);
}

TEST_F(ExperimentAppTest, FeedbackIsCountedOnceAndForItsVariant) {
  const auto experiment = started(plan());
  const auto chosen = choose(1).value();
  const std::vector<Drafted> shown{{test::product(1)}, {test::product(2)}};
  const auto impression = chosen.impression(shown);
  EXPECT_EQ(send({{impression, {}}, {impression, test::product(2)}, {impression, {}}}).value(),
            (std::vector{FeedbackOutcome::counted, FeedbackOutcome::counted, FeedbackOutcome::repeated}));
  const auto report = sync_wait(app.manage.report(staff, experiment.id)).value();
  EXPECT_EQ(report.tallies[chosen.variant].subjects, 1);
  EXPECT_EQ(report.tallies[chosen.variant].credit.clicks, 1);
  EXPECT_EQ(report.tallies[1 - chosen.variant], VariantTally{});
  EXPECT_EQ(app.record_feedback.count_of(FeedbackOutcome::counted), 2);
  EXPECT_EQ(app.record_feedback.count_of(FeedbackOutcome::repeated), 1);
}

TEST_F(ExperimentAppTest, WhatWasNeverAnsweredIsRefusedAndNothingIsCounted) {
  const auto experiment = started(plan());
  const std::vector<Drafted> shown{{test::product(1)}};
  const auto good = choose(1)->impression(shown);
  auto other = *choose(1);
  auto strange = *other.experiment;
  strange.keys.seal.fill(9);
  other.experiment = std::make_shared<const Experiment>(strange);
  const auto forged = other.impression(shown);
  strange.id = test::numbered<ExperimentId>(5);
  other.experiment = std::make_shared<const Experiment>(strange);
  const auto unknown = other.impression(shown);
  const auto refused = send({{good, {}}, {"x", {}}, {forged, {}}, {unknown, {}}, {good, test::product(2)}});
  ASSERT_FALSE(refused);
  std::vector<std::string> fields;
  for (const auto& error : refused.error().fields) fields.push_back(error.field);
  EXPECT_THAT(fields, testing::ElementsAre("events[1].impression", "events[2].impression",
                                           "events[3].impression", "events[4].product_id"));
  EXPECT_EQ(sync_wait(app.manage.report(staff, experiment.id)).value().tallies[0].subjects, 0);
  EXPECT_EQ(sync_wait(app.manage.report(staff, experiment.id)).value().tallies[1].subjects, 0);
}

TEST_F(ExperimentAppTest, FeedbackOnAnExperimentThatStoppedAMomentAgoIsUnderstood) {
  const auto experiment = started(plan());
  const auto impression = choose(1)->impression({});
  ASSERT_TRUE(sync_wait(app.manage.stop(staff, experiment.id)));
  EXPECT_EQ(send({{impression, {}}}).value().at(0), FeedbackOutcome::not_running);
  clock.advance(hours{3});
  ASSERT_TRUE(sync_wait(app.manage.refresh(Deadline::max())));
  EXPECT_EQ(code({{impression, {}}}), ErrorCode::validation_failed);
}

TEST_F(ExperimentAppTest, TooMuchFeedbackHasToWait) {
  started(plan());
  const auto impression = choose(1)->impression({});
  const std::vector<ClientFeedback> batch(100, {impression, {}});
  EXPECT_TRUE(send(batch));
  const auto refused = send({batch[0]});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::rate_limited);
  EXPECT_EQ(refused.error().retry_after, seconds{1});
  EXPECT_TRUE(send(batch, "10.0.0.2"));
  // Now it is the shop's turn, which 50 are left of.
  EXPECT_EQ(send(batch, "10.0.0.3").error().retry_after, seconds{25});
  EXPECT_TRUE(send(std::vector(50, batch[0]), "10.0.0.3"));
  clock.advance(seconds{10});
  EXPECT_TRUE(send(std::vector(10, batch[0])));
  EXPECT_FALSE(send({batch[0]}));
}

TEST_F(ExperimentAppTest, AddressesAreForgottenBeyondTheBound) {
  FeedbackLimiter limiter(clock, {.address = {1, 1}, .shop = {100, 1000}, .entries = 2});
  EXPECT_TRUE(limiter.admit({}, "a", 1));
  EXPECT_FALSE(limiter.admit({}, "a", 1));
  for (const auto* address : {"b", "c", "d"}) EXPECT_TRUE(limiter.admit({}, address, 1));
  EXPECT_TRUE(limiter.admit({}, "a", 1));
}

TEST_F(ExperimentAppTest, OrdersFromBeforeTheFirstStartAreNotRead) {
  log.append(order(1, 1, 500));
  follow();
  EXPECT_EQ(sync_wait(store.position(Deadline::max())).value(), 10);
  const auto experiment = started(plan());
  const auto chosen = choose(1).value();
  ASSERT_TRUE(send({{chosen.impression({}), {}}}));
  log.append(order(2, 1, 700));
  EXPECT_EQ(sync_wait(app.manage.report(staff, experiment.id)).value().events_behind, 1);
  follow();
  const auto report = sync_wait(app.manage.report(staff, experiment.id)).value();
  EXPECT_EQ(report.events_behind, 0);
  EXPECT_EQ(report.tallies[chosen.variant].revenue, Money{700});
  EXPECT_EQ(sync_wait(app.manage.erase(staff, test::user(1))).value(), 1);
  EXPECT_EQ(sync_wait(app.manage.report(staff, experiment.id)).value().tallies[chosen.variant],
            VariantTally{});
}

TEST_F(ExperimentAppTest, WhatHasEndedStopsAndLeavesItsPlacement) {
  auto brief = plan();
  brief.ends_at = clock.now() + hours{1};
  const auto first = started(brief);
  const auto draft = sync_wait(app.manage.create(staff, plan())).value();
  EXPECT_EQ(sync_wait(app.manage.start(staff, draft.id)).error().code, ErrorCode::conflict);
  clock.advance(hours{1});
  EXPECT_FALSE(choose(1));
  EXPECT_TRUE(sync_wait(app.manage.start(staff, draft.id)));
  EXPECT_EQ(sync_wait(app.manage.get(staff, first.id)).value().stop_reason, StopReason::ended);
  EXPECT_EQ(choose(1)->id(), draft.id);
}

TEST_F(ExperimentAppTest, AGuardrailStopsWhatDoesHarm) {
  auto guarded = plan();
  guarded.guardrails = {{ExperimentMetric::conversion, 1000, true}};
  const auto experiment = started(guarded);
  for (std::uint32_t user = 1; user <= 600; ++user) {
    const auto chosen = choose(user).value();
    const std::vector<FeedbackEvent> events{
        {SealedImpression::parse(chosen.impression({}))->open(experiment.keys.seal).value(), {}}};
    ASSERT_TRUE(sync_wait(store.record({}, events, clock.now(), Deadline::max())));
    // Nobody orders of the new variant.
    if (chosen.variant == 0 && user % 2 == 0) log.append(order(user, user, 100));
    if (user == 60) {
      follow();
      EXPECT_EQ(sync_wait(app.manage.stop_harmful(Deadline::max())).value(), 0u);
    }
  }
  follow();
  EXPECT_EQ(sync_wait(app.manage.stop_harmful(Deadline::max())).value(), 1u);
  EXPECT_EQ(sync_wait(app.manage.get(staff, experiment.id)).value().stop_reason, StopReason::guardrail);
  EXPECT_FALSE(choose(1));
}

TEST_F(ExperimentAppTest, AfterAStartRunningExperimentsAreReadFromTheStore) {
  started(plan());
  ExperimentApp fresh{{.experiments = store, .ledger = store, .log = log, .clock = clock, .ids = ids}};
  const auto subject = Subject::customer(test::user(1));
  EXPECT_FALSE(fresh.choice.choose({}, TaskKind::next_order, subject, clock.now()));
  EventLoop loop("test-loop");
  loop.start();
  {
    BackgroundLoops loops;
    loops.start("watch", loop, [&](auto stop) { return fresh.watch(stop); });
    while (!fresh.choice.choose({}, TaskKind::next_order, subject, clock.now()))
      std::this_thread::sleep_for(milliseconds{1});
  }
  loop.stop();
}

}  // namespace
}  // namespace cloudcart::recommendation
