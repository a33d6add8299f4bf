#include "clickhouse_analytics.h"
#include "upkeep_contract.h"

namespace cloudcart::analytics {
namespace {

template <class Version>
class ClickHouseUpkeep {
 public:
  ClickHouseUpkeep() { restart_in("GBP"); }
  ClickHouseAnalyticsStore& store() { return *store_; }
  void restart_in(std::string_view currency) {
    auto options = pounds(Version::memory_bytes);
    options.currency = Currency::parse(currency).value();
    store_.emplace(database_.store(), readers_, options);
  }

 private:
  test::ClickHouseDatabase database_{Version::url()};
  OffloadPool readers_{"test-reader", 1, 100};
  std::optional<ClickHouseAnalyticsStore> store_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(ClickHouse, UpkeepContract, ClickHouseUpkeep<NewClickHouse>);
INSTANTIATE_TYPED_TEST_SUITE_P(ColumnsOfClickHouse, UpkeepContract, ClickHouseUpkeep<ColumnsOfNewClickHouse>);
INSTANTIATE_TYPED_TEST_SUITE_P(OldClickHouse, UpkeepContract, ClickHouseUpkeep<OldClickHouse>);

}  // namespace cloudcart::analytics
