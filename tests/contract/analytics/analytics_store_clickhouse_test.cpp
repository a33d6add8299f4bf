#include "analytics_store_contract.h"
#include "clickhouse_analytics.h"

namespace cloudcart::analytics {

INSTANTIATE_TYPED_TEST_SUITE_P(ClickHouse, AnalyticsStoreContract, ClickHouseAnalytics<NewClickHouse>);
INSTANTIATE_TYPED_TEST_SUITE_P(ColumnsOfClickHouse, AnalyticsStoreContract,
                               ClickHouseAnalytics<ColumnsOfNewClickHouse>);
INSTANTIATE_TYPED_TEST_SUITE_P(ColumnsOfOldClickHouse, AnalyticsStoreContract,
                               ClickHouseAnalytics<ColumnsOfOldClickHouse>);
INSTANTIATE_TYPED_TEST_SUITE_P(OldClickHouse, AnalyticsStoreContract, ClickHouseAnalytics<OldClickHouse>);

}  // namespace cloudcart::analytics
