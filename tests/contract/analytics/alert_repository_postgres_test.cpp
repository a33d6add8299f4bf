#include "adapters/postgres/analytics/postgres_alert_repository.h"
#include "alert_repository_contract.h"
#include "support/on_threads.h"
#include "support/postgres_schema.h"

namespace cloudcart::analytics {
namespace {

postgres::StoreOptions patient(postgres::StoreOptions options) {
  options.patience = seconds{30};
  return options;
}

struct PostgresAlerts {
  test::PostgresSchema schema;
  postgres::Store store{patient(schema.options()), "analytics"};
  PostgresAlertRepository alerts{store, alert_bounds};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, AlertRepositoryContract, PostgresAlerts);

/// Two processes over one schema, each with threads of its own.
class PostgresAlertRaces : public testing::Test {
 protected:
  static constexpr auto forever = Deadline::max();
  static constexpr std::size_t threads = 8;

  PostgresAlertRepository& of(std::size_t thread) { return thread % 2 ? one_ : other_; }
  AlertRule rule(std::uint32_t id) const {
    return {.id = id_of<AlertId>(id),
            .name = "Alert",
            .condition = Threshold{Side::above, 10, 8},
            .webhook = Webhook{"https://hooks.example.com/a", "whsec"},
            .created_at = noon,
            .updated_at = noon};
  }
  void create(std::uint32_t id) { ASSERT_TRUE(sync_wait(one_.create(TenantId{}, rule(id), forever))); }
  WatchedRule find(std::uint32_t id) {
    return sync_wait(one_.find(TenantId{}, id_of<AlertId>(id), forever)).value();
  }
  AlertEvent change_of(const WatchedRule& before, std::uint32_t event) const {
    return event_of(before.rule, before.state,
                    before.state.firing ? AlertChange::resolved : AlertChange::fired, AlertReason::measured,
                    id_of<AlertEventId>(event), noon);
  }
  AlertEventPage events() {
    return sync_wait(other_.events(TenantId{}, std::nullopt, 0, 100, forever)).value();
  }

  const Timestamp noon = at("2026-07-15T12:00:00.000Z");

 private:
  test::PostgresSchema schema_;
  postgres::Store one_store_{patient(schema_.options()), "analytics"},
      other_store_{patient(schema_.options()), "analytics"};
  PostgresAlertRepository one_{one_store_, alert_bounds}, other_{other_store_, alert_bounds};
};

TEST_F(PostgresAlertRaces, OneOfThoseWhoClaimAnAttemptGetsIt) {
  create(1);
  const auto before = find(1);
  ASSERT_TRUE(sync_wait(of(0).record(before, change_of(before, 10), forever)).value());
  for (int attempt = 0; attempt < 5; ++attempt) {
    const DeliveryClaim claim{attempt, noon, noon + 15s};
    const auto claimed = test::on_threads(threads, [&](std::size_t thread) {
      return sync_wait(of(thread).claim(TenantId{}, id_of<AlertEventId>(10), claim, forever)).value();
    });
    EXPECT_EQ(std::ranges::count(claimed, true), 1);
    ASSERT_TRUE(sync_wait(of(0).settle(TenantId{}, id_of<AlertEventId>(10),
                                       {.attempts = attempt + 1, .next_attempt_at = noon, .last_error = "no"},
                                       forever)));
  }
}

TEST_F(PostgresAlertRaces, AChangeThatSeveralSeeIsRecordedOnce) {
  create(1);
  for (std::uint32_t round = 0; round < 10; ++round) {
    const auto before = find(1);
    const auto recorded = test::on_threads(threads, [&](std::size_t thread) {
      const auto event = static_cast<std::uint32_t>(100 * (round + 1) + thread);
      return sync_wait(of(thread).record(before, change_of(before, event), forever)).value();
    });
    EXPECT_EQ(std::ranges::count(recorded, true), 1);
  }
  EXPECT_EQ(find(1).state.changes, 10);
  EXPECT_EQ(events().total, 10);
}

TEST_F(PostgresAlertRaces, TheBoundOfRulesHoldsForAllTogether) {
  const auto created = test::on_threads(2 * alert_bounds.rules, [&](std::size_t thread) {
    const auto done =
        sync_wait(of(thread).create(TenantId{}, rule(static_cast<std::uint32_t>(thread + 1)), forever));
    EXPECT_TRUE(done || done.error().code == ErrorCode::conflict);
    return done.has_value();
  });
  EXPECT_EQ(std::ranges::count(created, true), static_cast<std::ptrdiff_t>(alert_bounds.rules));
}

TEST_F(PostgresAlertRaces, AlertsThatTurnAndAreEditedAtOnceDoNotStandInEachOthersWay) {
  for (std::uint32_t id = 1; id <= threads; ++id) create(id);
  const auto failures = test::on_threads(threads, [&](std::size_t thread) {
    const auto id = static_cast<std::uint32_t>(thread + 1);
    int failed = 0;
    for (std::uint32_t round = 0; round < 20; ++round) {
      const auto before = sync_wait(of(thread).find(TenantId{}, id_of<AlertId>(id), forever)).value();
      failed += !sync_wait(of(thread).record(before, change_of(before, 1000 * id + round), forever))
                     .value_or(false);
      auto edited = rule(id);
      if (round % 3 == 0) edited.webhook.reset();
      failed += !sync_wait(of(thread).update(TenantId{}, edited, {},
                                             id_of<AlertEventId>(1000 * id + 500 + round), noon, forever));
    }
    return failed;
  });
  EXPECT_EQ(std::ranges::count(failures, 0), static_cast<std::ptrdiff_t>(threads));
  // Whoever meets another at the bound leaves what that one removes; the next event makes up for it.
  const auto before = find(1);
  ASSERT_TRUE(sync_wait(of(0).record(before, change_of(before, 99'999), forever)).value());
  EXPECT_EQ(events().total, static_cast<std::int64_t>(alert_bounds.events));
}

}  // namespace
}  // namespace cloudcart::analytics
