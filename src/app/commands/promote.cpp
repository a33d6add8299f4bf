#include <cstdio>

#include <fmt/format.h>

#include "adapters/postgres/promotion/postgres_shop_target.h"
#include "adapters/sqlite/promotion/sqlite_shop_source.h"
#include "app/commands/commands.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"
#include "app/commands/promotion_report.h"
#include "app/platform/postgres_stores.h"
#include "app/platform/sqlite_stores.h"
#include "core/clock.h"
#include "core/shop.h"
#include "promotion/app/copy_shop.h"

namespace cloudcart::app {
namespace {

using promotion::ShopTarget;

constexpr std::chrono::hours time_limit{24};
constexpr std::size_t reader_threads = 2, reader_queue_bound = 100;

/// A shop in a data folder and where it moves to. Throws std::runtime_error with a sentence for the operator.
class Promotion {
 public:
  Promotion(const Config& config, const std::filesystem::path& folder)
      : config_(config),
        folder_(folder),
        source_(folder),
        target_(config.postgres.url, config.postgres.schema_prefix) {}

  Result<PromotionReport> run() {
    CLOUDCART_TRY(auto source, sync_wait(source_.fingerprint(deadline_)));
    CLOUDCART_TRY(const auto begun, sync_wait(target_.begin(std::move(source), clock_.now(), deadline_)));
    PromotionReport report{.was_finished = begun == ShopTarget::Begun::finished};
    if (!report.was_finished) CLOUDCART_CHECK(copy(report));
    CLOUDCART_CHECK(compare(report));
    line_.clear();
    if (report.equal() && !report.was_finished)
      CLOUDCART_CHECK(sync_wait(target_.finish(clock_.now(), deadline_)));
    return report;
  }

 private:
  double seconds_since(MonotonicTime start) const {
    return std::chrono::duration<double>(clock_.monotonic_now() - start).count();
  }
  promotion::ShowProgress show(const std::string& phase) {
    return [this, phase](std::string_view table, std::int64_t done, std::int64_t total) {
      line_.show(phase, static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total),
                 fmt::format("{} rows, {}", done, table));
    };
  }

  Status copy(PromotionReport& report) {
    const auto start = clock_.monotonic_now();
    CLOUDCART_TRY(report.copied,
                  sync_wait(promotion::CopyShop(source_, target_)(show("copying"), deadline_)));
    report.copy_seconds = seconds_since(start);
    return {};
  }

  Status compare(PromotionReport& report) {
    const auto start = clock_.monotonic_now();
    CLOUDCART_TRY(report.tables,
                  sync_wait(promotion::CompareShops(source_, target_)(show("comparing"), deadline_)));
    // The books of both, added up by each engine in its own way.
    OffloadPool readers("reader", reader_threads, reader_queue_bound);
    SqliteOrderStores from(folder_, readers, {.read_only = true});
    PostgresOrderStores to(postgres_options(config_, "order"));
    const auto tenant = shop_of(config_).value().tenant;
    CLOUDCART_TRY(report.source_ledger, sync_wait(from.ledger().totals(tenant, deadline_)));
    CLOUDCART_TRY(report.target_ledger, sync_wait(to.ledger().totals(tenant, deadline_)));
    report.compare_seconds = seconds_since(start);
    return {};
  }

  const Config& config_;
  const std::filesystem::path folder_;
  const SystemClock clock_;
  const Deadline deadline_ = clock_.monotonic_now() + time_limit;
  promotion::SqliteShopSource source_;
  promotion::PostgresShopTarget target_;
  ProgressLine line_;
};

}  // namespace

int promote(const Config& config, const PromoteOptions& options) {
  if (config.postgres.url.empty()) {
    fmt::print(stderr, "cloudcart: the configuration names nowhere to promote to; set postgres.url.\n");
    return exit_unusable;
  }
  Promotion promotion(config, options.from);
  const auto report = promotion.run();
  if (!report) {
    print_error(report.error());
    return exit_unusable;
  }
  fmt::print("{}", options.json ? to_json(*report) + "\n" : to_text(*report));
  return report->equal() ? exit_ok : exit_failed;
}

}  // namespace cloudcart::app
