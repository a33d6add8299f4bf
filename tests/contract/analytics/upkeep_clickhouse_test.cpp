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
    store_.emplace(database_.store(),
                   ClickHouseAnalyticsStore::Options{.currency = Currency::parse(currency).value()});
  }

 private:
  test::ClickHouseDatabase database_{Version::url()};
  std::optional<ClickHouseAnalyticsStore> store_;
};

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(ClickHouse, UpkeepContract, ClickHouseUpkeep<NewClickHouse>);
INSTANTIATE_TYPED_TEST_SUITE_P(OldClickHouse, UpkeepContract, ClickHouseUpkeep<OldClickHouse>);

}  // namespace cloudcart::analytics
