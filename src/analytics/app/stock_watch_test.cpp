#include "analytics/app/stock_watch.h"

#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_stock.h"
#include "core/json_reader.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using namespace std::chrono_literals;
using test::id_of;
using test::SaleEvents;

/// Counts what it is asked.
class CountedStock final : public Stock {
 public:
  Task<Result<std::vector<ProductStock>>> find(TenantId tenant, std::vector<ProductId> ids,
                                               Deadline deadline) override {
    EXPECT_LE(ids.size(), max_lookup);
    ++calls;
    asked += ids.size();
    if (failing) co_return fail(ErrorCode::unavailable, "told to fail");
    co_return co_await memory.find(std::move(tenant), std::move(ids), deadline);
  }
  void set(std::uint32_t product, std::int64_t available) {
    memory.put({}, {id_of<ProductId>(product), "Product", available, true});
  }

  MemoryStock memory;
  int calls = 0;
  std::size_t asked = 0;
  bool failing = false;
};

/// Runs on virtual time; a look is what run() does four times a second.
class StockWatchTest : public testing::Test {
 protected:
  void pass(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }
  void look() {
    bool looked = false;
    start(watch.look(), [&](auto) { looked = true; });
    executor.run_until([&] { return looked; });
  }
  void sold(std::uint32_t order, std::uint32_t product) {
    watch.touch({{order, SaleEvents(order, 7, {{product, 1, 100}}).placed({})}});
  }
  /// "product=available" of each message since the last call, "!" behind what is low.
  std::string told() {
    std::string text;
    for (const auto& message : reader->messages_after(LiveTopic::stock, seen)) {
      seen = message.id;
      const auto json = parse_json(message.json).value();
      text += json.at("product_id").as_string().back();
      text += "=" + std::to_string(json.at("available").as_int64());
      text += json.at("is_low").as_bool() ? "! " : " ";
    }
    return text;
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  LiveFeed feed{10};
  CountedStock stock;
  StockWatch watch{stock, feed};
  std::unique_ptr<LiveFeed::Reader> reader = feed.subscribe({}, {LiveTopic::stock}).value();
  std::int64_t seen = 0;
};

TEST_F(StockWatchTest, TellsWhatIsLeftOfWhatWasSold) {
  stock.set(1, 9);
  stock.set(2, 9);
  sold(1, 1);
  look();
  EXPECT_EQ(told(), "1=9 ");
  look();
  EXPECT_EQ(told(), "") << "nothing new";
}

TEST_F(StockWatchTest, ManySalesBetweenTwoLooksAreToldAsOneChange) {
  for (std::uint32_t order = 1; order <= 50; ++order) {
    stock.set(1, 50 - order);
    sold(order, 1);
  }
  look();
  EXPECT_EQ(told(), "1=0! ");
  EXPECT_EQ(stock.calls, 1);
}

TEST_F(StockWatchTest, FindsAChangeThatComesAfterTheEventOrWithoutOne) {
  stock.set(1, 6);
  sold(1, 1);
  look();
  EXPECT_EQ(told(), "1=6 ");
  stock.set(1, 7);  // the product service reads of a cancellation a moment later
  pass(250ms);
  look();
  EXPECT_EQ(told(), "1=7 ");
  pass(10s);
  look();
  stock.set(1, 3);  // somebody counts the shelf
  pass(2s);
  look();
  EXPECT_EQ(told(), "1=3! ");
}

TEST_F(StockWatchTest, AsksForNothingWhenNobodyFollows) {
  stock.set(1, 6);
  sold(1, 1);
  reader->follow({LiveTopic::orders});
  sold(2, 1);
  look();
  EXPECT_EQ(stock.calls, 0);
  reader->follow({LiveTopic::stock});
  look();
  EXPECT_EQ(told(), "1=6 ");
}

TEST_F(StockWatchTest, WatchesWhatItIsAskedTo) {
  stock.set(4, 2);
  const std::vector wanted{id_of<ProductId>(4), id_of<ProductId>(99)};
  watch.watch({}, wanted);
  look();
  EXPECT_EQ(told(), "4=2! ") << "a product that there is not is not told of";
}

TEST_F(StockWatchTest, TakesAsManyAsMayBeAskedForInTurnAndForgetsTheQuietest) {
  std::vector<ProductId> many;
  for (std::uint32_t product = 1; product <= StockWatch::max_watched + 50; ++product) {
    stock.set(product, 10);
    many.push_back(id_of<ProductId>(product));
  }
  watch.watch({}, many);
  for (int i = 0; i < 11; ++i) look();
  EXPECT_EQ(stock.asked, StockWatch::max_watched);
  EXPECT_EQ(stock.calls, 10);
}

TEST_F(StockWatchTest, GoesOnAfterAFailure) {
  stock.set(1, 6);
  stock.failing = true;
  sold(1, 1);
  look();
  stock.failing = false;
  pass(250ms);
  look();
  EXPECT_EQ(told(), "1=6 ");
}

}  // namespace
}  // namespace cloudcart::analytics
