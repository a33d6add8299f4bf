#include "app/commands/read_shop_history.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "app/commands/order_log.h"
#include "app/offline/purchase_file.h"

namespace cloudcart::app {
namespace {

using recommendation::offline::PurchaseCollector;
using recommendation::offline::Purchases;
using recommendation::offline::WordIndex;
using recommendation::offline::Words;

Status add(const events::OrderEvent& event, PurchaseCollector& collector) {
  const auto order = event.order_id.to_string(), customer = event.user_id.to_string();
  for (const auto& line : event.lines) {
    const auto quantity = std::clamp<std::int64_t>(line.quantity, 1, UINT32_MAX);
    CLOUDCART_CHECK(collector.add({.order = order,
                                   .customer = customer,
                                   .item = line.product_id.to_string(),
                                   .time = event.timestamp,
                                   .quantity = static_cast<std::uint32_t>(quantity)}));
  }
  return {};
}

}  // namespace

Result<recommendation::offline::Purchases> read_shop_history(const std::filesystem::path& path,
                                                             recommendation::offline::Words& words,
                                                             ProgressLine& line) {
  const auto show = [&](std::uint64_t done, std::uint64_t total) {
    line.show("reading", done, total, path.filename().string());
  };
  CLOUDCART_TRY(auto file, read_purchases(path, words, show));
  if (file.without_user + file.returned > 0) {
    line.clear();
    fmt::print(
        stderr, "{}: {} of {} lines do not count: {} without a user, {} with a quantity of zero or less.\n",
        path.string(), file.without_user + file.returned, file.lines, file.without_user, file.returned);
  }
  return std::move(file.purchases);
}

Result<Purchases> read_shop_log(const Config& config, Words& words, ProgressLine& line) {
  OrderLog log(config);
  CLOUDCART_TRY(const auto end, log.end());
  PurchaseCollector collector(words);
  WordIndex cancelled;
  for (std::int64_t position = 0; position < end;) {
    CLOUDCART_TRY(const auto records, log.read(position));
    if (records.empty()) break;
    for (const auto& [at, event] : records) {
      if (event.status == OrderStatus::cancelled) {
        cancelled.add(event.order_id.to_string());
      } else if (event.is_created()) {
        CLOUDCART_CHECK(add(event, collector));
      }
    }
    position = records.back().position;
    line.show("reading", static_cast<std::uint64_t>(position), static_cast<std::uint64_t>(end), "events");
  }
  return std::move(collector).finish().only(
      [&](const Purchases::Order& order) { return !cancelled.find(words.orders[order.number]); });
}

}  // namespace cloudcart::app
