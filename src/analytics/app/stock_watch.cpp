#include "analytics/app/stock_watch.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "core/json_writer.h"

namespace cloudcart::analytics {
namespace {

constexpr milliseconds round_gap{250};
/// Cancelled stock goes back when the product service has read of it, a moment later than this service may have.
constexpr seconds unsettled_time{2};
/// Stock is adjusted without an event; a look now and again finds that.
constexpr seconds look_again_gap{2};
constexpr seconds ask_limit{2};

std::string stock_json(const ProductStock& stock) {
  JsonWriter json;
  json.begin_object().field("product_id", stock.product).field("product_name", stock.name);
  json.field("available", stock.available).field("is_active", stock.is_active);
  json.field("is_low", stock.available <= StockWatch::low_at)
      .field("low_at", StockWatch::low_at)
      .end_object();
  return std::move(json).str();
}

}  // namespace

void StockWatch::touch(const std::vector<events::LogRecord>& records) {
  const auto shops = feed_.shops_following(LiveTopic::stock);
  if (shops.empty()) return;
  const auto now = Executor::current()->now();
  const std::scoped_lock lock(mutex_);
  for (const auto& record : records) {
    if (!shops.contains(record.event.tenant)) continue;
    for (const auto& line : record.event.lines) expect_change({record.event.tenant, line.product_id}, now);
  }
}

void StockWatch::watch(const TenantId& tenant, std::span<const ProductId> products) {
  const auto now = Executor::current()->now();
  const std::scoped_lock lock(mutex_);
  for (const auto& product : products) {
    expect_change({tenant, product}, now);
    // It may have been told long ago, and be told no more to one who comes now.
    watched_[{tenant, product}].told = {};
  }
}

/// Where there is no room left, the product that has been quiet for longest makes it.
void StockWatch::expect_change(const Key& key, MonotonicTime now) {
  if (watched_.size() >= max_watched && !watched_.contains(key)) {
    const auto until = [](const auto& entry) { return entry.second.changes_until; };
    watched_.erase(std::ranges::min_element(watched_, {}, until));
  }
  const auto [entry, is_new] = watched_.try_emplace(key);
  auto& watched = entry->second;
  watched.due = is_new ? now : std::min(watched.due, now);
  watched.changes_until = now + unsettled_time;
}

Task<void> StockWatch::run(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    co_await stop.sleep_for(round_gap);
    co_await look();
  }
}

Task<void> StockWatch::look() {
  for (const auto& tenant : feed_.shops_following(LiveTopic::stock)) {
    const auto now = Executor::current()->now();
    auto due = due_of(tenant, now);
    if (due.empty()) continue;
    const auto found = co_await stock_.find(tenant, std::move(due), now + ask_limit);
    if (found) {
      tell(tenant, *found);
    } else {
      spdlog::debug("the stock cannot be told of: {}", found.error().message);
    }
  }
}

/// Those that have waited longest, as many as may be asked for at once. They are due again later, whatever comes.
std::vector<ProductId> StockWatch::due_of(const TenantId& tenant, MonotonicTime now) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::pair<MonotonicTime, ProductId>> due;
  for (const auto& [key, watched] : watched_)
    if (key.first == tenant && watched.due <= now) due.emplace_back(watched.due, key.second);
  const auto count = std::min(due.size(), Stock::max_lookup);
  std::ranges::partial_sort(due, due.begin() + static_cast<std::ptrdiff_t>(count));
  due.resize(count);
  std::vector<ProductId> products;
  for (const auto& [when, product] : due) {
    auto& watched = watched_[{tenant, product}];
    watched.due = now < watched.changes_until ? now + round_gap : now + look_again_gap;
    products.push_back(product);
  }
  return products;
}

void StockWatch::tell(const TenantId& tenant, const std::vector<ProductStock>& found) {
  const std::scoped_lock lock(mutex_);
  for (const auto& stock : found) {
    const auto entry = watched_.find({tenant, stock.product});
    if (entry == watched_.end() || entry->second.told == stock) continue;
    entry->second.told = stock;
    feed_.publish(LiveTopic::stock, tenant, stock.product.to_string(), stock_json(stock));
  }
}

}  // namespace cloudcart::analytics
