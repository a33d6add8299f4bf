#include "simulate/simulate.h"

#include <latch>

#include <gtest/gtest.h>

#include "core/json_writer.h"
#include "http/problem.h"
#include "support/fake_clock.h"

namespace cloudcart::simulate {
namespace {

/// A platform of three products that answers in memory.
class FakeShop final : public http::Client {
 public:
  Task<Result<http::Response>> send(http::ClientRequest request, Deadline) override {
    ++requests;
    if (down) co_return fail(ErrorCode::unavailable, "down");
    co_return answer(request);
  }

  bool down = false;
  int requests = 0, orders = 0, keys = 0;
  std::string last_order;

 private:
  http::Response answer(const http::ClientRequest& request) {
    const auto& target = request.target;
    const auto with = [](int status, std::string data) {
      return http::json_response(status, R"({"success":true,"data":)" + data + "}");
    };
    if (target == "/api/users/register") return with(201, R"({"user":{"id":"u"},"token":"t"})");
    if (target.starts_with("/api/products?"))
      return with(
          200,
          R"({"products":[{"id":"a","inventory_count":5},{"id":"b","inventory_count":0}],"pagination":{"pages":1}})");
    if (target.starts_with("/api/ai/")) return with(200, R"({"similar_products":[{"product_id":"c"}]})");
    if (target == "/api/orders") {
      ++orders;
      keys += request.headers.find("Idempotency-Key").has_value();
      last_order = request.body;
      return with(201, R"({"order":{"id":"o","status":"pending"}})");
    }
    return with(200, "{}");
  }
};

class SimulationTest : public testing::Test {
 protected:
  void run_until(const std::function<bool()>& done) {
    EventLoop loop("test");
    BackgroundLoops loops;
    loop.start();
    loops.start("visitor", loop,
                [this](BackgroundLoops::StopFlag stop) { return simulation.visit(0, stop); });
    while (!done()) std::this_thread::yield();
    loops.request_stop();
    loops.join();
    loop.stop();
  }
  FakeShop shop;
  ShopApi api{shop};
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  Simulation simulation{api, ids, {.orders_per_minute = 60'000}};
};

TEST_F(SimulationTest, VisitorsOrderWhatIsInStockWithAKeyOfTheirOwn) {
  run_until([&] { return simulation.tally().orders >= 20; });
  EXPECT_GE(shop.orders, 20);
  EXPECT_EQ(shop.keys, shop.orders);
  EXPECT_NE(shop.last_order.find("\"a\""), std::string::npos);
  EXPECT_EQ(shop.last_order.find("\"b\""), std::string::npos);
  EXPECT_EQ(simulation.tally().failures, 0U);
}

TEST_F(SimulationTest, AShopThatIsDownIsWaitedFor) {
  shop.down = true;
  run_until([&] { return simulation.tally().failures >= 1; });
  EXPECT_EQ(simulation.tally().orders, 0U);
}

TEST_F(SimulationTest, HighRatesHaveManyVisitors) {
  EXPECT_EQ((Simulation{api, ids, {.orders_per_minute = 30}}).visitors(), 1U);
  EXPECT_EQ((Simulation{api, ids, {.orders_per_minute = 3'000}}).visitors(), 10U);
  EXPECT_EQ(simulation.visitors(), 64U);
}

}  // namespace
}  // namespace cloudcart::simulate
