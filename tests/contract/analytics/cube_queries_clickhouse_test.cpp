// Any question about random histories of orders, asked of ClickHouse and of the plain store, has one answer.
#include "adapters/clickhouse/analytics/cube_sql.h"
#include "adapters/memory/analytics/memory_analytics_store.h"
#include "clickhouse_analytics.h"
#include "random_questions.h"

namespace cloudcart::analytics {
namespace {

/// Many stretches of different lengths are told apart by a function that is younger than the oldest server.
bool is_for_old_servers(const CubeQuery& query) {
  return CubeSql(query, {}, {}).groups().find("roundDown") == std::string::npos;
}

template <class Version>
class CubeQueriesClickHouseTest : public testing::Test {};

using Versions = testing::Types<NewClickHouse, OldClickHouse, ColumnsOfNewClickHouse, ColumnsOfOldClickHouse>;
TYPED_TEST_SUITE(CubeQueriesClickHouseTest, Versions);

TYPED_TEST(CubeQueriesClickHouseTest, EveryQuestionIsAnsweredAsByThePlainStore) {
  const auto is_asked = std::is_same_v<TypeParam, OldClickHouse> ? is_for_old_servers : nullptr;
  for (std::uint32_t seed = 1; seed <= 2 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const auto history = random_history(random);
    ClickHouseAnalytics<TypeParam> clickhouse;
    MemoryAnalyticsStore plain;
    deliver(clickhouse.store, history, random);
    deliver(plain, history, random);
    check_queries(random, clickhouse.store, plain, 25, is_asked);
    check_reports(random, clickhouse.store, plain, 4);
  }
}

}  // namespace
}  // namespace cloudcart::analytics
