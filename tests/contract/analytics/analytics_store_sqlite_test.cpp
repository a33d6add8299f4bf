#include "analytics_store_contract.h"
#include "sqlite_analytics.h"

namespace cloudcart::analytics {

INSTANTIATE_TYPED_TEST_SUITE_P(Sqlite, AnalyticsStoreContract, SqliteAnalytics);

TEST(SqliteAnalyticsStoreTest, AReopenedFileKeepsItsAnswersAndItsZoneOfDays) {
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 1, 100};
  const SaleEvents sale(1, 7, {{1, 2, 500}});
  const auto late_evening = at("2026-07-14T23:30:00.000Z");
  const auto ask = [&](const TimeZone& days, bool apply) {
    sqlite::Store file(folder.path(), "analytics", readers);
    SqliteAnalyticsStore store(file, days);
    if (apply) EXPECT_TRUE(sync_wait(store.apply(logged({sale.placed(late_evening)}), Deadline::max())));
    const auto london = TimeZone::load("Europe/London").value();
    const auto day = parse_date("2026-07-15").value();
    const Period period{{day, day}, london};
    ReportRequest request{
        .range = period.range(), .days = day_bounds(period.dates, london), .top_products = 5};
    return sync_wait(store.report(TenantId{}, request, Deadline::max())).value();
  };
  const auto first = ask(TimeZone::load("Europe/London").value(), true);
  EXPECT_EQ(first.sales.total.placed_orders, 1);
  ASSERT_EQ(first.products.size(), 1u);
  EXPECT_EQ(ask(TimeZone::load("Asia/Tokyo").value(), false), first);
}

TEST(SqliteAnalyticsStoreTest, EventsThatCannotBeAddedUpChangeNothing) {
  SqliteAnalytics analytics;
  auto& store = analytics.store;
  auto huge = SaleEvents(1, 7, {{1, 1, 1}}).placed(at("2026-07-14T12:00:00.000Z"));
  huge.total = Money{std::numeric_limits<std::int64_t>::max()};
  auto one_more = huge, another = huge;
  one_more.order_id = id_of<OrderId>(2);
  another.order_id = id_of<OrderId>(3);
  ASSERT_TRUE(sync_wait(store.apply(logged({huge}), Deadline::max())));
  for (const auto& batch : {logged({one_more}, 2), logged({one_more, another}, 2)})
    EXPECT_FALSE(sync_wait(store.apply(batch, Deadline::max())));
  EXPECT_EQ(sync_wait(store.position(Deadline::max())).value(), 1);
  EXPECT_EQ(sync_wait(store.totals(TenantId{}, Deadline::max())).value().all.placed_orders, 1);
}

}  // namespace cloudcart::analytics
