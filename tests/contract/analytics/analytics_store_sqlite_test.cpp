#include "analytics_store_contract.h"
#include "sqlite_analytics.h"

namespace cloudcart::analytics {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, AnalyticsStoreContract, SqliteAnalytics);

/// As sqlite_analytics.h, but the file can be closed and opened again.
class SqliteAnalyticsStoreTest : public testing::Test {
 protected:
  void SetUp() override { open("Europe/London"); }
  void open(std::string_view zone, std::string_view currency = "GBP") {
    store.reset();
    file.reset();
    file = std::make_unique<sqlite::Store>(folder.path(), "analytics", readers);
    store = std::make_unique<SqliteAnalyticsStore>(
        *file, readers,
        SqliteAnalyticsStore::Options{TimeZone::load(zone).value(), Currency::parse(currency).value()});
  }
  Report report(const ReportRequest& request) {
    return report_from(request,
                       sync_wait(store->ask(TenantId{}, questions_of(request), Deadline::max())).value());
  }
  Report everything() {
    const auto london = TimeZone::load("Europe/London").value();
    const Period period{{parse_date("2026-07-01").value(), parse_date("2026-07-31").value()}, london};
    return report({.range = period.range(),
                   .days = day_bounds(period.dates, london),
                   .top_products = 20,
                   .top_customers = 20,
                   .statuses = true,
                   .recent_orders = 20});
  }
  std::vector<events::LogRecord> july() {
    const SaleEvents first(1, 7, {{1, 2, 500}, {2, 1, 50}}), second(2, 8, {{1, 1, 500}}),
        third(3, 7, {{3, 1, 100}});
    return logged(
        {first.placed(at("2026-07-14T23:30:00.000Z")), second.placed(at("2026-07-16T10:00:00.000Z")),
         first.cancelled(2, at("2026-07-17T10:00:00.000Z")), third.placed(at("2026-07-18T10:00:00.000Z")),
         third.moved(2, OrderStatus::shipped, at("2026-07-19T10:00:00.000Z"))});
  }

  test::TempFolder folder;
  OffloadPool readers{"test-reader", 1, 100};
  std::unique_ptr<sqlite::Store> file;
  std::unique_ptr<SqliteAnalyticsStore> store;
};

TEST_F(SqliteAnalyticsStoreTest, AReopenedFileKeepsItsAnswersWhicheverZoneItsRollupsAreOf) {
  ASSERT_TRUE(sync_wait(store->apply(july(), Deadline::max())));
  const auto first = everything();
  EXPECT_EQ(first.sales.total.placed_orders, 3);
  ASSERT_EQ(first.products.size(), 3u);
  open("Europe/London");
  EXPECT_EQ(everything(), first);
  open("Asia/Tokyo");
  EXPECT_EQ(everything(), first);
}

TEST_F(SqliteAnalyticsStoreTest, SumsThatWouldNotFitMakeADeadLetter) {
  auto huge = SaleEvents(1, 7, {{1, 1, 1}}).placed(at("2026-07-14T12:00:00.000Z"));
  huge.total = Money{std::numeric_limits<std::int64_t>::max()};
  auto one_more = huge;
  one_more.order_id = id_of<OrderId>(2);
  const auto fine = SaleEvents(3, 7, {{1, 1, 0}}).placed(at("2026-07-14T12:00:00.000Z"));
  ASSERT_TRUE(sync_wait(store->apply(logged({huge, one_more, fine}), Deadline::max())));
  EXPECT_EQ(sync_wait(store->position(Deadline::max())).value(), 3);
  EXPECT_EQ(sync_wait(store->totals(TenantId{}, Deadline::max())).value().all.placed_orders, 2);
  EXPECT_EQ(everything().sales.total.placed_orders, 2);
  const auto letters = sync_wait(store->list_dead_letters(TenantId{}, 0, 10, Deadline::max())).value();
  ASSERT_EQ(letters.total, 1);
  EXPECT_EQ(letters.letters.at(0).event, one_more);
}

TEST_F(SqliteAnalyticsStoreTest, ARebuildThatWasNotFinishedIsGoneAfterARestart) {
  ASSERT_TRUE(sync_wait(store->apply(july(), Deadline::max())));
  const auto before = everything();
  ASSERT_TRUE(sync_wait(store->begin_rebuild(Deadline::max())));
  ASSERT_TRUE(sync_wait(store->apply_to_rebuild(july(), Deadline::max())));
  open("Europe/London");
  EXPECT_EQ(everything(), before);
  int steps = 0;
  while (sync_wait(store->remove_remains(Deadline::max())).value()) ++steps;
  EXPECT_GT(steps, 0);
  EXPECT_EQ(sync_wait(store->apply_to_rebuild(july(), Deadline::max())).error().code, ErrorCode::conflict);
  EXPECT_EQ(everything(), before);
  ASSERT_TRUE(sync_wait(store->begin_rebuild(Deadline::max())));
  ASSERT_TRUE(sync_wait(store->apply_to_rebuild(july(), Deadline::max())));
  EXPECT_EQ(sync_wait(store->switch_over(Deadline::max())).value(), true);
  EXPECT_EQ(everything(), before);
}

}  // namespace cloudcart::analytics
