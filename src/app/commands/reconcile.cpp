#include <cstdio>

#include <fmt/format.h>

#include "adapters/sqlite/analytics/fact_reader.h"
#include "adapters/sqlite/store/file_lock.h"
#include "adapters/sqlite/store/store.h"
#include "analytics/app/analytics_app.h"
#include "analytics/app/reconcile_orders.h"
#include "analytics/http/reconciliation_json.h"
#include "app/commands/commands.h"
#include "app/commands/order_log.h"
#include "app/platform/in_process.h"
#include "app/platform/stores.h"
#include "events/consumer.h"

namespace cloudcart::app {
namespace {

using analytics::Reconciliation;

/// Enough for millions of orders, and for analytics to catch up with what came in meanwhile.
constexpr seconds time_limit{120};

/// The facts in a file that another process writes.
class StoredTotals final : public analytics::CountedTotals {
 public:
  explicit StoredTotals(sqlite::Store& store) : store_(store) {}
  Task<Result<std::int64_t>> position(Deadline deadline) override {
    return store_.read(deadline, [](sqlite::Connection& connection) -> Result<std::int64_t> {
      return analytics::FactReader(connection).asked().position;
    });
  }
  Task<Result<analytics::Totals>> totals(TenantId tenant, Deadline deadline) override {
    return store_.read(
        deadline, [tenant = std::move(tenant)](sqlite::Connection& connection) -> Result<analytics::Totals> {
          return analytics::FactReader(connection).totals(tenant);
        });
  }

 private:
  sqlite::Store& store_;
};

/// What questions are answered with.
class AnsweredTotals final : public analytics::CountedTotals {
 public:
  explicit AnsweredTotals(FactStores& facts) : facts_(facts.facts()), totals_(facts.cube()) {}
  Task<Result<std::int64_t>> position(Deadline deadline) override { return facts_.position(deadline); }
  Task<Result<analytics::Totals>> totals(TenantId tenant, Deadline deadline) override {
    return totals_({.tenant = std::move(tenant), .deadline = deadline});
  }

 private:
  analytics::AnalyticsStore& facts_;
  analytics::GetTotals totals_;
};

Result<Reconciliation> compare(Ground& ground, OrderStores& orders, analytics::CountedTotals& counted) {
  InProcessLedger ledger(orders.ledger());
  const analytics::ReconcileOrders reconcile({ledger, counted, orders.log()});
  return sync_wait(
      reconcile({.tenant = ground.shop.tenant, .deadline = ground.clock.monotonic_now() + time_limit}));
}

/// While somebody serves the folder: look at the files beside the writers.
Result<Reconciliation> reconcile_in_use(Ground& ground) {
  const auto orders = open_order_stores(ground, Access::look);
  sqlite::Store store(ground.config.data_dir, "analytics", ground.readers, {.read_only = true});
  StoredTotals stored(store);
  return compare(ground, *orders, stored);
}

/// What is stored and what questions are answered with must both agree with the ledger.
Result<Reconciliation> compare_both(Ground& ground, OrderStores& orders, FactStores& facts) {
  CLOUDCART_TRY(auto stored, compare(ground, orders, facts.facts()));
  if (!stored.equal) return stored;
  AnsweredTotals answers(facts);
  CLOUDCART_TRY(auto answered, compare(ground, orders, answers));
  answered.dead_letters = stored.dead_letters;  // which answers do not know of
  return answered;
}

/// Nobody serves the folder: let analytics apply what it has not seen first, as it would at the next start.
Result<Reconciliation> reconcile_offline(Ground& ground) {
  const auto orders = open_order_stores(ground);
  const auto facts = open_fact_stores(ground);
  analytics::LiveFeed unheard(0);
  analytics::AnalyticsConsumer consumer(facts->facts(), unheard);
  CLOUDCART_CHECK(sync_wait(events::catch_up(orders->log(), consumer)));
  return compare_both(ground, *orders, *facts);
}

/// The facts are on a server, and whoever serves the shop brings them there: nothing is written here.
Result<Reconciliation> reconcile_on_server(Ground& ground) {
  const auto orders = open_order_stores(ground, Access::look);
  const auto facts = open_fact_stores(ground);
  return compare_both(ground, *orders, *facts);
}

Result<Reconciliation> reconcile_anywhere(Ground& ground) {
  if (!ground.config.clickhouse.url.empty()) return reconcile_on_server(ground);
  try {
    return reconcile_offline(ground);
  } catch (const sqlite::InUse&) {
    return reconcile_in_use(ground);
  }
}

std::string json_of(const Reconciliation& compared) {
  JsonWriter json;
  json.begin_object();
  analytics::write_reconciliation(json, compared);
  json.key("details").begin_object();
  analytics::write_differing_days(json, compared);
  json.end_object().end_object();
  return std::move(json).str();
}

}  // namespace

int reconcile(const Config& config) {
  if (!has_orders(config)) return exit_unusable;
  Ground ground(config);
  const auto compared = reconcile_anywhere(ground);
  if (!compared) {
    fmt::print(stderr, "cloudcart: {}\n", compared.error().message);
    return exit_unusable;
  }
  fmt::print("{}\n", json_of(*compared));
  return compared->equal ? exit_ok : exit_failed;
}

}  // namespace cloudcart::app
