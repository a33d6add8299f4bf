#pragma once

#include <gmock/gmock.h>

#include "recommendation/ports/experiment_ledger.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {

constexpr ExperimentBounds small_bounds{.experiments = 4, .subjects = 3, .clicked_products = 2};

/// What every ExperimentRepository with its ExperimentLedger does. `Fixture` has `repository()` and `ledger()`, with
/// small_bounds.
template <class Fixture>
class ExperimentsContract : public testing::Test {
 protected:
  using Outcome = FeedbackOutcome;

  Fixture fixture;
  const TenantId shop{};
  const Timestamp noon = test::first_day + std::chrono::hours{12};
  std::int64_t log_end = 0;

  static ExperimentId id(std::uint32_t number) { return test::numbered<ExperimentId>(number); }
  Experiment draft(std::uint32_t number, TaskKind placement = TaskKind::next_order) const {
    Experiment experiment{.id = id(number), .created_at = noon + seconds{number}};
    experiment.keys.buckets.fill(static_cast<std::uint8_t>(number));
    experiment.keys.seal.fill(static_cast<std::uint8_t>(100 + number));
    auto& plan = experiment.plan;
    plan.name = "Versuch " + std::to_string(number);
    plan.placement = placement;
    plan.variants = {{"now", Algorithm::blend, 3, true}, {"new", Algorithm::popular, 1, false}};
    plan.starts_at = noon;
    plan.attribution_window = std::chrono::days{7};
    plan.expected_lift = 1500;
    plan.guardrails = {{ExperimentMetric::revenue_per_customer, 250, true}};
    return experiment;
  }
  void create(Experiment experiment) {
    ASSERT_TRUE(sync_wait(fixture.repository().create(shop, std::move(experiment), Deadline::max())));
  }
  Result<Experiment> start(std::uint32_t number) {
    return sync_wait(fixture.repository().start(shop, id(number), noon, Deadline::max()));
  }
  Result<Experiment> stop(std::uint32_t number, Timestamp at) {
    return sync_wait(fixture.repository().stop(shop, id(number), StopReason::staff, at, Deadline::max()));
  }
  void running(Experiment experiment) {
    const auto number = experiment.id;
    create(std::move(experiment));
    ASSERT_TRUE(sync_wait(fixture.repository().start(shop, number, noon, Deadline::max())));
  }
  void running_interleaving(std::uint32_t number) {
    auto experiment = draft(number);
    experiment.plan.kind = ExperimentKind::interleaving;
    running(std::move(experiment));
  }

  /// Of products 1, 2 and 3, for the first team, the second and nobody.
  Impression impression(std::uint32_t number, Subject subject, std::uint64_t nonce,
                        std::size_t variant = 0) const {
    Impression made{.experiment = id(number),
                    .subject = subject,
                    .variant = variant,
                    .answered_at = noon,
                    .nonce = nonce};
    for (std::uint32_t product = 1; product <= 3; ++product)
      made.products.push_back(
          {ShownProduct::mark_of(test::product(product)), static_cast<Team>(product - 1)});
    return made;
  }
  std::vector<Outcome> record(std::vector<FeedbackEvent> events, Timestamp at) {
    return sync_wait(fixture.ledger().record(shop, std::move(events), at, Deadline::max())).value();
  }
  Outcome see(const Impression& impression, Timestamp at) { return record({{impression, {}}}, at).at(0); }
  Outcome click(const Impression& impression, std::uint32_t product, Timestamp at) {
    return record({{impression, test::product(product)}}, at).at(0);
  }

  events::OrderEvent order(std::uint32_t number, std::uint32_t user, std::vector<std::uint32_t> products,
                           Timestamp at) const {
    std::vector<test::Bought> lines;
    for (const auto product : products) lines.push_back({product});
    auto event = test::bought(number, user, lines);
    for (auto& line : event.lines) line.subtotal = Money{1000};
    event.total = Money{1000 * static_cast<std::int64_t>(products.size())};
    event.timestamp = at;
    return event;
  }
  void apply(std::vector<events::OrderEvent> orders) {
    std::vector<events::LogRecord> records;
    for (auto& event : orders) records.push_back({log_end += 10, std::move(event)});
    apply_records(std::move(records));
  }
  void apply_records(std::vector<events::LogRecord> records) {
    ASSERT_TRUE(sync_wait(fixture.ledger().apply(std::move(records), Deadline::max())));
  }
  std::vector<VariantTally> tallies(std::uint32_t number) {
    return sync_wait(fixture.ledger().tallies(shop, id(number), Deadline::max())).value();
  }
  std::optional<std::int64_t> position() {
    return sync_wait(fixture.ledger().position(Deadline::max())).value();
  }
};

TYPED_TEST_SUITE_P(ExperimentsContract);

TYPED_TEST_P(ExperimentsContract, AnExperimentComesBackAsItWasPlanned) {
  auto planned = this->draft(1, TaskKind::basket);
  planned.plan.ends_at = this->noon + std::chrono::hours{5};
  planned.plan.metric = ExperimentMetric::click_through;
  planned.plan.negligible_lift = 7;
  this->create(planned);
  this->create(this->draft(2));
  auto& repository = this->fixture.repository();
  EXPECT_EQ(sync_wait(repository.find(this->shop, this->id(1), Deadline::max())).value(), planned);
  EXPECT_EQ(sync_wait(repository.list(this->shop, Deadline::max())).value(),
            (std::vector{this->draft(2), planned}));
  EXPECT_EQ(sync_wait(repository.find(this->shop, this->id(3), Deadline::max())).error().code,
            ErrorCode::not_found);
}

TYPED_TEST_P(ExperimentsContract, ShopsDoNotSeeEachOther) {
  this->running(this->draft(1));
  const TenantId other{"other"};
  auto& repository = this->fixture.repository();
  auto& ledger = this->fixture.ledger();
  EXPECT_TRUE(sync_wait(repository.list(other, Deadline::max())).value().empty());
  EXPECT_EQ(sync_wait(repository.find(other, this->id(1), Deadline::max())).error().code,
            ErrorCode::not_found);
  EXPECT_EQ(sync_wait(ledger.tallies(other, this->id(1), Deadline::max())).error().code,
            ErrorCode::not_found);
  const auto shown = this->impression(1, Subject::customer(test::user(1)), 1);
  EXPECT_EQ(sync_wait(ledger.record(other, {{shown, {}}}, this->noon, Deadline::max())).value().at(0),
            FeedbackOutcome::not_running);
  EXPECT_EQ(this->see(shown, this->noon), FeedbackOutcome::counted);
  auto foreign = this->order(1, 1, {1}, this->noon);
  foreign.tenant = other;
  this->apply({foreign});
  EXPECT_EQ(this->tallies(1)[0].orders, 0);
  EXPECT_EQ(sync_wait(ledger.erase(other, test::user(1), Deadline::max())).value(), 0);
  EXPECT_EQ(this->tallies(1)[0].subjects, 1);
}

TYPED_TEST_P(ExperimentsContract, AShopHasABoundOfExperiments) {
  for (std::uint32_t number = 1; number <= small_bounds.experiments; ++number)
    this->create(this->draft(number));
  auto& repository = this->fixture.repository();
  EXPECT_EQ(sync_wait(repository.create(this->shop, this->draft(9), Deadline::max())).error().code,
            ErrorCode::conflict);
  EXPECT_TRUE(sync_wait(repository.remove(this->shop, this->id(1), Deadline::max())));
  EXPECT_EQ(sync_wait(repository.create(this->shop, this->draft(2), Deadline::max())).error().code,
            ErrorCode::conflict);
  EXPECT_TRUE(sync_wait(repository.create(this->shop, this->draft(1), Deadline::max())));
}

TYPED_TEST_P(ExperimentsContract, RunsOnceFromStartToStop) {
  this->create(this->draft(1));
  EXPECT_EQ(this->stop(1, this->noon).error().code, ErrorCode::conflict);
  auto expected = this->draft(1);
  expected.status = ExperimentStatus::running;
  expected.started_at = this->noon;
  EXPECT_EQ(this->start(1).value(), expected);
  EXPECT_EQ(this->start(1).error().code, ErrorCode::conflict);
  auto& repository = this->fixture.repository();
  EXPECT_EQ(sync_wait(repository.remove(this->shop, this->id(1), Deadline::max())).error().code,
            ErrorCode::conflict);
  expected.status = ExperimentStatus::stopped;
  expected.stopped_at = this->noon + seconds{5};
  expected.stop_reason = StopReason::staff;
  EXPECT_EQ(this->stop(1, this->noon + seconds{5}).value(), expected);
  EXPECT_EQ(sync_wait(repository.find(this->shop, this->id(1), Deadline::max())).value(), expected);
  EXPECT_EQ(this->start(1).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->stop(1, this->noon).error().code, ErrorCode::conflict);
  for (const auto code :
       {this->start(7).error().code, this->stop(7, this->noon).error().code,
        sync_wait(repository.remove(this->shop, this->id(7), Deadline::max())).error().code})
    EXPECT_EQ(code, ErrorCode::not_found);
}

TYPED_TEST_P(ExperimentsContract, OneRunsOnAPlacement) {
  this->create(this->draft(1));
  this->create(this->draft(2));
  this->create(this->draft(3, TaskKind::basket));
  EXPECT_TRUE(this->start(1));
  EXPECT_EQ(this->start(2).error().code, ErrorCode::conflict);
  EXPECT_TRUE(this->start(3));
  EXPECT_TRUE(this->stop(1, this->noon));
  EXPECT_TRUE(this->start(2));
}

TYPED_TEST_P(ExperimentsContract, ThoseThatRunAndThoseThatStoppedLatelyAreLive) {
  const auto live = [this](Timestamp since) {
    std::vector<ExperimentId> ids;
    for (const auto& each : sync_wait(this->fixture.repository().live(since, Deadline::max())).value())
      ids.push_back(each.experiment.id);
    return ids;
  };
  this->create(this->draft(1));
  this->create(this->draft(2, TaskKind::basket));
  this->create(this->draft(3));
  EXPECT_TRUE(live(this->noon).empty());
  ASSERT_TRUE(this->start(1) && this->start(2) && this->stop(1, this->noon));
  EXPECT_EQ(live(this->noon), (std::vector{this->id(1), this->id(2)}));
  EXPECT_EQ(live(this->noon + milliseconds{1}), std::vector{this->id(2)});
}

TYPED_TEST_P(ExperimentsContract, AnImpressionIsSeenOnceAndEachProductClickedOnce) {
  this->running(this->draft(1));
  const auto customer = Subject::customer(test::user(1)), visitor = Subject::visitor(test::user(1).value);
  const auto first = this->impression(1, customer, 1), second = this->impression(1, visitor, 1u << 31, 1);
  EXPECT_EQ(this->see(first, this->noon), FeedbackOutcome::counted);
  EXPECT_EQ(this->see(first, this->noon), FeedbackOutcome::repeated);
  EXPECT_EQ(this->click(first, 1, this->noon), FeedbackOutcome::counted);
  EXPECT_EQ(this->click(first, 1, this->noon), FeedbackOutcome::repeated);
  EXPECT_EQ(this->click(first, 3, this->noon), FeedbackOutcome::counted);
  // What was clicked was seen, also when nobody has said so.
  EXPECT_EQ(this->click(second, 2, this->noon), FeedbackOutcome::counted);
  EXPECT_EQ(this->see(second, this->noon), FeedbackOutcome::repeated);
  EXPECT_EQ(this->record({{this->impression(1, customer, 2), {}}, {this->impression(1, customer, 2), {}}},
                         this->noon),
            (std::vector{FeedbackOutcome::counted, FeedbackOutcome::repeated}));
  const auto tallies = this->tallies(1);
  ASSERT_EQ(tallies.size(), 2u);
  EXPECT_EQ(tallies[0].subjects, 1);
  EXPECT_EQ(tallies[0].customers, 1);
  EXPECT_EQ(tallies[0].impressions, 2);
  EXPECT_EQ(tallies[0].credit.clicks, 2);
  EXPECT_EQ(tallies[0].clicking_subjects, 1);
  EXPECT_EQ(tallies[1].subjects, 1);
  EXPECT_EQ(tallies[1].customers, 0);
  EXPECT_EQ(tallies[1].impressions, 1);
  EXPECT_EQ(tallies[1].credit.clicks, 1);
}

TYPED_TEST_P(ExperimentsContract, TheLastPlaceOfALongListIsClickedOnceToo) {
  this->running(this->draft(1));
  auto shown = this->impression(1, Subject::customer(test::user(1)), ~std::uint64_t{0});
  shown.products.clear();
  for (std::uint32_t product = 1; product <= max_impression_products; ++product)
    shown.products.push_back({ShownProduct::mark_of(test::product(product)), Team::none});
  for (std::uint32_t product = 1; product <= max_impression_products; ++product)
    EXPECT_EQ(this->click(shown, product, this->noon), FeedbackOutcome::counted) << product;
  for (std::uint32_t product = 1; product <= max_impression_products; ++product)
    EXPECT_EQ(this->click(shown, product, this->noon), FeedbackOutcome::repeated) << product;
  EXPECT_EQ(this->tallies(1)[0].credit.clicks, static_cast<std::int64_t>(max_impression_products));
}

TYPED_TEST_P(ExperimentsContract, FeedbackComesInTimeOrNotAtAll) {
  this->create(this->draft(1));
  const auto shown = this->impression(1, Subject::customer(test::user(1)), 1);
  EXPECT_EQ(this->see(shown, this->noon), FeedbackOutcome::not_running);
  ASSERT_TRUE(this->start(1));
  const auto life = small_bounds.impression_life;
  EXPECT_EQ(this->see(shown, this->noon + life + milliseconds{1}), FeedbackOutcome::expired);
  EXPECT_EQ(this->see(shown, this->noon + life), FeedbackOutcome::counted);
  // It is remembered for as long as it may be reported.
  auto& ledger = this->fixture.ledger();
  EXPECT_EQ(sync_wait(ledger.forget_expired(this->noon + life, Deadline::max())).value(), 0);
  EXPECT_EQ(this->see(shown, this->noon + life), FeedbackOutcome::repeated);
  EXPECT_EQ(sync_wait(ledger.forget_expired(this->noon + life + milliseconds{1}, Deadline::max())).value(),
            1);
  EXPECT_EQ(this->see(shown, this->noon + life + milliseconds{1}), FeedbackOutcome::expired);
  ASSERT_TRUE(this->stop(1, this->noon));
  EXPECT_EQ(this->see(this->impression(1, Subject::customer(test::user(1)), 2), this->noon),
            FeedbackOutcome::not_running);
  EXPECT_EQ(this->see(this->impression(8, Subject::customer(test::user(1)), 2), this->noon),
            FeedbackOutcome::not_running);
  EXPECT_EQ(this->tallies(1)[0].impressions, 1);
}

TYPED_TEST_P(ExperimentsContract, AnExperimentHasABoundOfSubjects) {
  this->running(this->draft(1));
  for (std::uint32_t user = 1; user <= 3; ++user)
    EXPECT_EQ(this->see(this->impression(1, Subject::customer(test::user(user)), user), this->noon),
              FeedbackOutcome::counted);
  EXPECT_EQ(this->see(this->impression(1, Subject::customer(test::user(4)), 4), this->noon),
            FeedbackOutcome::full);
  EXPECT_EQ(this->click(this->impression(1, Subject::customer(test::user(4)), 4), 1, this->noon),
            FeedbackOutcome::full);
  EXPECT_EQ(this->see(this->impression(1, Subject::customer(test::user(3)), 5), this->noon),
            FeedbackOutcome::counted);
  EXPECT_EQ(this->tallies(1)[0].subjects, 3);
  EXPECT_EQ(sync_wait(this->fixture.ledger().erase(this->shop, test::user(1), Deadline::max())).value(), 1);
  EXPECT_EQ(this->see(this->impression(1, Subject::customer(test::user(4)), 4), this->noon),
            FeedbackOutcome::counted);
}

TYPED_TEST_P(ExperimentsContract, AnOrderCountsWithinTheWindowAfterTheFirstImpression) {
  this->running(this->draft(1));
  const auto shown = this->impression(1, Subject::customer(test::user(1)), 1, 1);
  const auto week = std::chrono::days{7};
  this->see(shown, this->noon);
  this->see(this->impression(1, Subject::customer(test::user(1)), 2, 1), this->noon + std::chrono::hours{1});
  this->apply({this->order(1, 1, {1}, this->noon - milliseconds{1}), this->order(2, 1, {1, 2}, this->noon),
               this->order(3, 1, {2}, this->noon + week),
               this->order(4, 1, {2}, this->noon + week + milliseconds{1}),
               this->order(5, 2, {1}, this->noon)});
  const auto tallies = this->tallies(1);
  EXPECT_EQ(tallies[0], VariantTally{});
  EXPECT_EQ(tallies[1].orders, 2);
  EXPECT_EQ(tallies[1].converting_customers, 1);
  EXPECT_EQ(tallies[1].revenue, Money{3000});
  EXPECT_DOUBLE_EQ(tallies[1].revenue_squares, 9'000'000);
  EXPECT_EQ(tallies[1].credit.bought_lines, 0);
}

TYPED_TEST_P(ExperimentsContract, AVisitorWithACustomersIdHasNoPartInTheCustomersOrders) {
  this->running(this->draft(1));
  this->see(this->impression(1, Subject::visitor(test::user(1).value), 1), this->noon);
  this->apply({this->order(1, 1, {1}, this->noon)});
  EXPECT_EQ(this->tallies(1)[0].orders, 0);
}

TYPED_TEST_P(ExperimentsContract, OrdersAfterTheStopCountForThoseWhoWereExposed) {
  this->running(this->draft(1));
  this->see(this->impression(1, Subject::customer(test::user(1)), 1), this->noon);
  ASSERT_TRUE(this->stop(1, this->noon + seconds{1}));
  this->apply({this->order(1, 1, {1}, this->noon + std::chrono::days{7})});
  EXPECT_EQ(this->tallies(1)[0].orders, 1);
}

TYPED_TEST_P(ExperimentsContract, RecordsAreAppliedOnce) {
  this->running(this->draft(1));
  this->see(this->impression(1, Subject::customer(test::user(1)), 1), this->noon);
  EXPECT_EQ(this->position(), std::nullopt);
  const std::vector<events::LogRecord> records{{10, this->order(1, 1, {1}, this->noon)},
                                               {20, this->order(2, 1, {1}, this->noon)}};
  this->apply_records({records[0]});
  this->apply_records(records);
  this->apply_records(records);
  EXPECT_EQ(this->position(), 20);
  EXPECT_EQ(this->tallies(1)[0].orders, 2);
  this->apply_records({{30, this->order(2, 1, {1}, this->noon)}});
  EXPECT_EQ(this->tallies(1)[0].orders, 2);
}

TYPED_TEST_P(ExperimentsContract, BeginsWhereItIsTold) {
  auto& ledger = this->fixture.ledger();
  EXPECT_TRUE(sync_wait(ledger.begin_at(50, Deadline::max())));
  EXPECT_EQ(this->position(), 50);
  EXPECT_TRUE(sync_wait(ledger.begin_at(70, Deadline::max())));
  EXPECT_EQ(this->position(), 50);
  this->running(this->draft(1));
  this->see(this->impression(1, Subject::customer(test::user(1)), 1), this->noon);
  this->apply_records({{50, this->order(1, 1, {1}, this->noon)}, {60, this->order(2, 1, {1}, this->noon)}});
  EXPECT_EQ(this->tallies(1)[0].orders, 1);
}

TYPED_TEST_P(ExperimentsContract, LinesOfClickedProductsAreWhatClicksBrought) {
  this->running(this->draft(1));
  const auto shown = this->impression(1, Subject::customer(test::user(1)), 1);
  this->click(shown, 1, this->noon);
  this->click(shown, 2, this->noon + std::chrono::hours{1});
  this->apply({this->order(1, 1, {1, 2, 3}, this->noon + std::chrono::minutes{30})});
  auto tally = this->tallies(1)[0];
  EXPECT_EQ(tally.credit.bought_lines, 1);
  EXPECT_EQ(tally.credit.click_revenue, Money{1000});
  EXPECT_EQ(tally.revenue, Money{3000});
  // Of a third product nothing is remembered, though the click counts.
  EXPECT_EQ(this->click(shown, 3, this->noon + std::chrono::hours{1}), FeedbackOutcome::counted);
  this->apply({this->order(2, 1, {1, 2, 3}, this->noon + std::chrono::hours{2})});
  tally = this->tallies(1)[0];
  EXPECT_EQ(tally.credit.clicks, 3);
  EXPECT_EQ(tally.credit.bought_lines, 3);
}

TYPED_TEST_P(ExperimentsContract, ACancellationTakesBackWhatItsOrderAdded) {
  this->running(this->draft(1));
  const auto shown = this->impression(1, Subject::customer(test::user(1)), 1);
  this->click(shown, 1, this->noon);
  const auto before = this->tallies(1);
  const auto order = this->order(1, 1, {1, 3}, this->noon);
  this->apply({order});
  // A click that came later was not counted, and is not taken back.
  this->click(shown, 3, this->noon + seconds{1});
  this->apply({test::cancellation_of(order), test::cancellation_of(order)});
  auto after = this->tallies(1);
  EXPECT_EQ(after[0].orders, 0);
  EXPECT_EQ(after[0].converting_customers, 0);
  EXPECT_EQ(after[0].revenue, Money{});
  EXPECT_EQ(after[0].credit.bought_lines, 0);
  EXPECT_EQ(after[0].credit.click_revenue, Money{});
  after[0].credit.clicks = before[0].credit.clicks;
  EXPECT_EQ(after, before);
}

TYPED_TEST_P(ExperimentsContract, ShippedOrdersStay) {
  this->running(this->draft(1));
  this->see(this->impression(1, Subject::customer(test::user(1)), 1), this->noon);
  const auto order = this->order(1, 1, {1}, this->noon);
  auto shipped = order;
  shipped.type = "order.shipped";
  shipped.status = OrderStatus::shipped;
  shipped.version = 2;
  this->apply({order, shipped});
  EXPECT_EQ(this->tallies(1)[0].orders, 1);
  EXPECT_EQ(this->tallies(1)[0].revenue, Money{1000});
}

TYPED_TEST_P(ExperimentsContract, CreditNotesAreNoOrders) {
  this->running(this->draft(1));
  this->see(this->impression(1, Subject::customer(test::user(1)), 1), this->noon);
  auto note = test::credit_note(1, 1, {{1}});
  note.timestamp = this->noon;
  this->apply({note});
  EXPECT_EQ(this->tallies(1)[0].orders, 0);
}

TYPED_TEST_P(ExperimentsContract, InterleavedTeamsAreCreditedWithTheirProducts) {
  this->running_interleaving(1);
  const auto first = this->impression(1, Subject::customer(test::user(1)), 1);
  const auto other = this->impression(1, Subject::visitor(test::user(2).value), 2);
  this->click(first, 3, this->noon);
  this->click(first, 2, this->noon);
  this->click(first, 1, this->noon);
  this->click(other, 1, this->noon);
  const auto order = this->order(1, 1, {2}, this->noon);
  this->apply({order});
  auto tallies = this->tallies(1);
  ASSERT_EQ(tallies.size(), 1u);
  EXPECT_EQ(tallies[0].credit.clicks, 4);
  EXPECT_EQ(tallies[0].first.clicks, 2);
  EXPECT_EQ(tallies[0].first.first_clicks, 1);
  EXPECT_EQ(tallies[0].second.clicks, 1);
  EXPECT_EQ(tallies[0].second.first_clicks, 1);
  EXPECT_EQ(tallies[0].second.bought_lines, 1);
  EXPECT_EQ(tallies[0].second.first_buys, 1);
  EXPECT_EQ(tallies[0].second.click_revenue, Money{1000});
  this->apply({test::cancellation_of(order)});
  tallies = this->tallies(1);
  EXPECT_EQ(tallies[0].second.bought_lines, 0);
  EXPECT_EQ(tallies[0].second.first_buys, 0);
  EXPECT_EQ(tallies[0].second.first_clicks, 1);
}

TYPED_TEST_P(ExperimentsContract, ACustomerIsErasedWithAllThatWasAdded) {
  this->running(this->draft(1));
  this->running(this->draft(2, TaskKind::basket));
  for (const auto experiment : {1u, 2u})
    this->click(this->impression(experiment, Subject::customer(test::user(1)), 1, 1), 1, this->noon);
  this->see(this->impression(1, Subject::visitor(test::user(1).value), 2, 1), this->noon);
  const auto order = this->order(1, 1, {1}, this->noon);
  this->apply({order});
  auto& ledger = this->fixture.ledger();
  const auto participations = [&] {
    return sync_wait(ledger.participations(this->shop, test::user(1), Deadline::max())).value();
  };
  ASSERT_EQ(participations().size(), 2U);
  EXPECT_EQ(participations()[0].experiment, test::numbered<ExperimentId>(1));
  EXPECT_EQ(participations()[0].sums.variant, 1U);
  EXPECT_EQ(participations()[0].sums.impressions, 1);
  EXPECT_EQ(participations()[0].sums.clicks, 1);
  EXPECT_EQ(participations()[0].sums.orders, 1);
  EXPECT_NE(participations()[0].variant, "");
  EXPECT_EQ(sync_wait(ledger.erase(this->shop, test::user(1), Deadline::max())).value(), 2);
  EXPECT_TRUE(participations().empty());
  EXPECT_EQ(sync_wait(ledger.erase(this->shop, test::user(1), Deadline::max())).value(), 0);
  EXPECT_EQ(this->tallies(1)[1].subjects, 1);
  EXPECT_EQ(this->tallies(1)[1].revenue, Money{});
  EXPECT_EQ(this->tallies(2)[1], VariantTally{});
  this->apply({test::cancellation_of(order), this->order(2, 1, {1}, this->noon)});
  EXPECT_EQ(this->tallies(1)[1].orders, 0);
}

REGISTER_TYPED_TEST_SUITE_P(
    ExperimentsContract, AnExperimentComesBackAsItWasPlanned, ShopsDoNotSeeEachOther,
    AShopHasABoundOfExperiments, RunsOnceFromStartToStop, OneRunsOnAPlacement,
    ThoseThatRunAndThoseThatStoppedLatelyAreLive, AnImpressionIsSeenOnceAndEachProductClickedOnce,
    TheLastPlaceOfALongListIsClickedOnceToo, FeedbackComesInTimeOrNotAtAll, AnExperimentHasABoundOfSubjects,
    AnOrderCountsWithinTheWindowAfterTheFirstImpression,
    AVisitorWithACustomersIdHasNoPartInTheCustomersOrders, OrdersAfterTheStopCountForThoseWhoWereExposed,
    RecordsAreAppliedOnce, BeginsWhereItIsTold, LinesOfClickedProductsAreWhatClicksBrought,
    ACancellationTakesBackWhatItsOrderAdded, ShippedOrdersStay, CreditNotesAreNoOrders,
    InterleavedTeamsAreCreditedWithTheirProducts, ACustomerIsErasedWithAllThatWasAdded);

}  // namespace cloudcart::recommendation
