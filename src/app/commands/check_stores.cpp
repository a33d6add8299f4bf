#include <cstdio>
#include <unordered_map>

#include <fmt/format.h>

#include "adapters/sqlite/product/sqlite_stock_repository.h"
#include "adapters/sqlite/store/integrity.h"
#include "app/commands/commands.h"
#include "app/platform/sqlite_stores.h"
#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

constexpr std::array<std::string_view, 5> store_names{"user", "product", "order", "analytics",
                                                      "recommendation"};
constexpr std::chrono::hours time_limit{1};
constexpr std::size_t log_batch = 5000;
constexpr sqlite::StoreOptions to_look{.read_only = true};

/// Of an order that has ended long ago only the first event and the last are kept.
bool follows(std::int64_t newest, const events::OrderEvent& event) {
  const bool has_ended = event.status == OrderStatus::delivered || event.status == OrderStatus::cancelled;
  return event.version == newest + 1 || (has_ended && newest > 0 && event.version > newest);
}

/// Looks at the files beside whoever serves them, and changes nothing.
///
/// First the files themselves. Then what is written down twice: the stock beside its ledger, and the log of events,
/// which must be readable and without gaps. `reconcile` holds the orders against analytics. What is written down
/// once only, such as an address, could be told from a flipped bit by checksums of pages alone.
class StoreCheck {
 public:
  explicit StoreCheck(const Config& config) : ground_(config) {}

  Task<Status> operator()() {
    for (const auto name : store_names)
      if (is_there(name)) check_file(name);
    // In damaged files there is no sense in looking for less.
    if (!findings.empty()) co_return Status{};
    if (is_there("product")) CLOUDCART_CO_CHECK(co_await check_stock());
    if (is_there("order")) CLOUDCART_CO_CHECK(co_await check_log());
    co_return Status{};
  }

  std::vector<std::string> findings;

 private:
  bool is_there(std::string_view name) const {
    return std::filesystem::exists(ground_.config.data_dir / fmt::format("{}.db", name));
  }
  Deadline deadline() const { return ground_.clock.monotonic_now() + time_limit; }

  void check_file(std::string_view name) {
    for (const auto& sentence : sqlite::find_damage(ground_.config.data_dir / fmt::format("{}.db", name)))
      findings.push_back(fmt::format("{}.db: {}", name, sentence));
  }

  Task<Status> check_stock() {
    sqlite::Store store(ground_.config.data_dir, "product", ground_.readers, to_look);
    product::CatalogueIndex index;
    product::SqliteStockRepository stock(store, index);
    CLOUDCART_CO_TRY(const auto audits, co_await stock.audit(ground_.shop.tenant, deadline()));
    for (const auto& [id, kept, by_ledger] : audits) {
      if (kept == by_ledger && is_possible(kept)) continue;
      findings.push_back(fmt::format(
          "product.db: product {} has {} available, {} reserved, {} sold; its ledger says {}, {}, {}",
          id.to_string(), kept.available, kept.reserved, kept.sold, by_ledger.available, by_ledger.reserved,
          by_ledger.sold));
    }
    co_return Status{};
  }

  Task<Status> check_log() {
    SqliteOrderStores orders(ground_.config.data_dir, ground_.readers, to_look);
    std::unordered_map<OrderId, std::int64_t> versions;
    for (std::int64_t position = 0;;) {
      const auto records = co_await orders.log().read(position, log_batch, deadline());
      if (!records) {
        if (records.error().code != ErrorCode::internal) co_return fail(records.error());
        findings.push_back(
            fmt::format("order.db: behind position {}: {}", position, records.error().message));
        co_return Status{};
      }
      if (records->empty()) co_return Status{};
      for (const auto& [place, event] : *records) {
        auto& newest = versions[event.order_id];
        if (!follows(newest, event))
          findings.push_back(fmt::format("order.db: at {} order {} goes from version {} to {}", place,
                                         event.order_id.to_string(), newest, event.version));
        newest = event.version;
      }
      position = records->back().position;
    }
  }

  Ground ground_;
};

void print(const std::vector<std::string>& findings) {
  JsonWriter json;
  json.begin_object().field("sound", findings.empty()).key("findings").begin_array();
  for (const auto& sentence : findings) json.value(sentence);
  json.end_array().end_object();
  fmt::print("{}\n", json.str());
}

}  // namespace

int check_stores(const Config& config) {
  const auto is_there = [&](std::string_view name) {
    return std::filesystem::exists(config.data_dir / fmt::format("{}.db", name));
  };
  if (std::ranges::none_of(store_names, is_there)) {
    fmt::print(stderr, "cloudcart: there are no stores in {}; is --data-dir right?\n",
               config.data_dir.string());
    return exit_unusable;
  }
  StoreCheck check(config);
  if (const auto done = sync_wait(check()); !done) {
    fmt::print(stderr, "cloudcart: {}\n", done.error().message);
    return exit_unusable;
  }
  print(check.findings);
  return check.findings.empty() ? exit_ok : exit_failed;
}

}  // namespace cloudcart::app
