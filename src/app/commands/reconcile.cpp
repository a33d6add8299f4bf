#include <cstdio>

#include <fmt/format.h>

#include "adapters/sqlite/analytics/fact_reader.h"
#include "adapters/sqlite/analytics/sqlite_analytics_store.h"
#include "adapters/sqlite/store/file_lock.h"
#include "analytics/app/analytics_app.h"
#include "app/commands/commands.h"
#include "app/platform/order_unit.h"
#include "app/platform/reconciliation.h"
#include "events/consumer.h"

namespace cloudcart::app {
namespace {

constexpr seconds time_limit{120};
/// How long to wait for analytics to reach the end of the log while orders come in.
constexpr seconds settle_limit{15};

using ReadTotals = std::function<Task<Result<analytics::Totals>>(Deadline)>;

/// Both sides as of one and the same position of the log, or an error when they never stood still together.
class Reconciler {
 public:
  Reconciler(Ground& ground, OrderStores& orders, ReadTotals analytics)
      : ground_(ground), orders_(orders), analytics_(std::move(analytics)) {}

  Task<Result<Reconciliation>> operator()() {
    const auto give_up = ground_.clock.monotonic_now() + settle_limit;
    for (;;) {
      const auto deadline = ground_.clock.monotonic_now() + time_limit;
      CLOUDCART_CO_TRY(const auto before, co_await orders_.log.end_position(deadline));
      CLOUDCART_CO_TRY(const auto ledger, co_await orders_.ledger.totals(ground_.shop.tenant, deadline));
      CLOUDCART_CO_TRY(const auto totals, co_await analytics_(deadline));
      CLOUDCART_CO_TRY(const auto after, co_await orders_.log.end_position(deadline));
      if (before == after && totals.position == after) co_return reconcile_totals(ledger, totals);
      if (ground_.clock.monotonic_now() > give_up) {
        co_return fail(ErrorCode::unavailable, fmt::format("Analytics is at position {} of {}, and orders "
                                                           "keep coming in; try again in a quieter moment.",
                                                           totals.position, after));
      }
      co_await sleep_until(Executor::current()->now() + milliseconds{50});
    }
  }

 private:
  Ground& ground_;
  OrderStores& orders_;
  const ReadTotals analytics_;
};

/// While somebody serves the folder: look at the files beside the writers.
Result<Reconciliation> reconcile_in_use(Ground& ground) {
  OrderStores orders(ground, {.read_only = true});
  sqlite::Store store(ground.config.data_dir, "analytics", ground.readers, {.read_only = true});
  const auto stored = [&](Deadline deadline) {
    return store.read(deadline, [&](sqlite::Connection& connection) -> Result<analytics::Totals> {
      return analytics::FactReader(connection).totals(ground.shop.tenant);
    });
  };
  return sync_wait(Reconciler(ground, orders, stored)());
}

/// Nobody serves the folder: let analytics apply what it has not seen first, as it would at the next start. Then what
/// is stored and what questions are answered with must both agree with the ledger.
Result<Reconciliation> reconcile_offline(Ground& ground) {
  OrderStores orders(ground);
  sqlite::Store store(ground.config.data_dir, "analytics", ground.readers);
  analytics::SqliteAnalyticsStore facts(store, ground.readers, {ground.shop.time_zone, ground.shop.currency});
  analytics::LiveFeed unheard(0);
  analytics::AnalyticsConsumer consumer(facts, unheard);
  CLOUDCART_CHECK(sync_wait(events::catch_up(orders.log, consumer)));
  const auto stored = [&](Deadline deadline) { return facts.totals(ground.shop.tenant, deadline); };
  CLOUDCART_TRY(auto compared, sync_wait(Reconciler(ground, orders, stored)()));
  if (!compared.equal) return compared;
  analytics::GetTotals answered(facts);
  return sync_wait(Reconciler(ground, orders, [&](Deadline deadline) {
    return answered({.tenant = ground.shop.tenant, .deadline = deadline});
  })());
}

Result<Reconciliation> reconcile_folder(Ground& ground) {
  try {
    return reconcile_offline(ground);
  } catch (const sqlite::InUse&) {
    return reconcile_in_use(ground);
  }
}

}  // namespace

int reconcile(const Config& config) {
  if (!std::filesystem::exists(config.data_dir / "order.db")) {
    fmt::print(stderr, "cloudcart: there are no orders in {}; is --data-dir right?\n",
               config.data_dir.string());
    return exit_unusable;
  }
  Ground ground(config);
  const auto compared = reconcile_folder(ground);
  if (!compared) {
    fmt::print(stderr, "cloudcart: {}\n", compared.error().message);
    return exit_unusable;
  }
  fmt::print("{}\n", compared->json);
  return compared->equal ? exit_ok : exit_failed;
}

}  // namespace cloudcart::app
