#include "recommendation/http/routes.h"

#include <thread>

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_assortment.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/http_client.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using test::bought;

class RecommendationRoutesTest : public testing::Test {
 protected:
  test::FakeEventLog log;
  MemoryAssortment assortment;
  test::FakeClock clock;
  OffloadPool pool{"test-training", 1, 10};
  RecommendationApp app{{.log = log, .assortment = assortment, .clock = clock, .training = pool}};
  test::HttpClient client{recommendation_routes(app), clock};
  const UserId customer = test::user(1);

  RecommendationRoutesTest() {
    for (std::uint32_t number = 1; number <= 3; ++number)
      assortment.put({}, {.id = test::product(number),
                          .name = "P" + std::to_string(number),
                          .is_active = true,
                          .in_stock = true});
    log.append(bought(1, 1, {{1, 4}, {2}}));
    log.append(bought(2, 2, {{1}, {3}}));
  }
  void train() {
    EventLoop loop("test-loop");
    loop.start();
    {
      BackgroundLoops loops;
      loops.start("train", loop, [this](auto stop) { return app.train(stop); });
      while (!is_trained()) std::this_thread::sleep_for(milliseconds{1});
    }
    loop.stop();
  }
  bool is_trained() {
    return client.as(Role::analyst, test::user(50))
        .get("/api/ai/model/status")
        .at("/data/is_trained")
        .as_bool();
  }
};

TEST_F(RecommendationRoutesTest, Popular) {
  train();
  const auto reply = client.as_nobody().get("/api/ai/recommendations/popular?limit=1");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      reply.body,
      R"({"success":true,"data":{"popular_products":[{"product_id":"00000000-0000-0000-0000-000000000001",)"
      R"("product_name":"P1","total_sold":5,"order_count":2}],"count":1,"algorithm":"popularity_based"}})");
}

TEST_F(RecommendationRoutesTest, Similar) {
  train();
  const auto path = "/api/ai/recommendations/product/" + test::product(2).to_string();
  const auto reply = client.as_nobody().get(path);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/product_id"), test::product(2).to_string());
  EXPECT_EQ(reply.at("/data/count"), 1);
  EXPECT_EQ(reply.text("/data/similar_products/0/product_name"), "P1");
  EXPECT_NEAR(reply.at("/data/similar_products/0/similarity").as_double(), 0.7071067811865475, 1e-12);
  EXPECT_EQ(reply.text("/data/algorithm"), "item_similarity");
}

TEST_F(RecommendationRoutesTest, AProductWithoutNeighboursAnswersAnEmptyList) {
  const auto reply =
      client.as_nobody().get("/api/ai/recommendations/product/" + test::product(3).to_string());
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/data/count"), 0);
  EXPECT_TRUE(reply.at("/data/similar_products").as_array().empty());
}

TEST_F(RecommendationRoutesTest, AnUnknownProductIsNotFound) {
  const auto unknown =
      client.as_nobody().get("/api/ai/recommendations/product/" + test::product(77).to_string());
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.code(), "not_found");
  EXPECT_EQ(client.as_nobody().get("/api/ai/recommendations/product/nonsense").status, 400);
}

TEST_F(RecommendationRoutesTest, ToACustomer) {
  train();
  const auto reply = client.as(Role::customer, customer)
                         .get("/api/ai/recommendations/user/" + customer.to_string() + "?limit=2");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/user_id"), customer.to_string());
  EXPECT_EQ(reply.at("/data/count"), 2);
  EXPECT_EQ(reply.text("/data/recommendations/0/product_name"), "P1");
  EXPECT_NEAR(reply.at("/data/recommendations/0/score").as_double(), 1.7071067811865475, 1e-12);
  EXPECT_EQ(reply.text("/data/algorithm"), "item_similarity");
}

TEST_F(RecommendationRoutesTest, ToACustomerWithoutOrders) {
  train();
  const auto reply =
      client.as(Role::staff, test::user(9)).get("/api/ai/recommendations/user/" + test::user(8).to_string());
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/algorithm"), "trending");
  EXPECT_EQ(reply.text("/data/recommendations/0/product_name"), "P1");
  EXPECT_NEAR(reply.at("/data/recommendations/0/score").to_number<double>(), 2, 1e-12);
}

TEST_F(RecommendationRoutesTest, ACustomersListIsForThatCustomerAndStaff) {
  const auto path = "/api/ai/recommendations/user/" + customer.to_string();
  EXPECT_EQ(client.as_nobody().get(path).status, 401);
  EXPECT_EQ(client.as(Role::customer, test::user(2)).get(path).status, 404);
  EXPECT_EQ(client.as(Role::analyst, test::user(3)).get(path).status, 404);
  EXPECT_EQ(client.as(Role::admin, test::user(4)).get(path).status, 200);
  EXPECT_EQ(client.as(Role::staff, test::user(5)).get("/api/ai/recommendations/user/nonsense").status, 400);
}

TEST_F(RecommendationRoutesTest, LimitsAreValidatedAndNeverClamped) {
  const std::vector<std::string> paths{"/api/ai/recommendations/popular",
                                       "/api/ai/recommendations/product/" + test::product(1).to_string(),
                                       "/api/ai/recommendations/user/" + customer.to_string()};
  for (const auto& path : paths) {
    for (const auto* limit : {"0", "101", "-1", "five", "5.0", "", "5&limit=5", "99999999999999999999"}) {
      const auto reply = client.as(Role::customer, customer).get(path + "?limit=" + limit);
      EXPECT_EQ(reply.status, 400) << path << " " << limit;
      EXPECT_EQ(reply.code(), "validation_failed");
    }
    for (const auto* limit : {"1", "100"})
      EXPECT_EQ(client.as(Role::customer, customer).get(path + "?limit=" + limit).status, 200)
          << path << " " << limit;
  }
}

TEST_F(RecommendationRoutesTest, TrainingIsForStaffAndOneAtATime) {
  EXPECT_EQ(client.as_nobody().post("/api/ai/train", "").status, 401);
  EXPECT_EQ(client.as(Role::customer, customer).post("/api/ai/train", "").status, 403);
  EXPECT_EQ(client.as(Role::analyst, test::user(3)).post("/api/ai/train", "").status, 403);
  const auto first = client.as(Role::staff, test::user(4)).post("/api/ai/train", "");
  EXPECT_EQ(first.status, 202);
  EXPECT_EQ(first.text("/message"), "Training started");
  EXPECT_EQ(first.text("/data/timestamp"), "2026-01-15T12:00:00.000Z");
  clock.advance(seconds{5});
  const auto second = client.as(Role::admin, test::user(5)).post("/api/ai/train", "");
  EXPECT_EQ(second.status, 202);
  EXPECT_EQ(second.text("/message"), "A training is under way already");
  EXPECT_EQ(second.text("/data/timestamp"), "2026-01-15T12:00:00.000Z");
}

TEST_F(RecommendationRoutesTest, StatusBeforeTheFirstTraining) {
  const auto reply = client.as(Role::analyst, test::user(3)).get("/api/ai/model/status");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/data/is_trained"), false);
  EXPECT_TRUE(reply.at("/data/trained_at").is_null());
  EXPECT_TRUE(reply.at("/data/training_ms").is_null());
  EXPECT_EQ(reply.at("/data/model_version"), 0);
  EXPECT_EQ(reply.at("/data/orders_count"), 0);
  EXPECT_EQ(reply.at("/data/events_behind"), 20);
}

TEST_F(RecommendationRoutesTest, StatusAfterIt) {
  train();
  const auto reply = client.as(Role::admin, test::user(3)).get("/api/ai/model/status");
  EXPECT_EQ(reply.at("/data/is_trained"), true);
  EXPECT_EQ(reply.text("/data/trained_at"), "2026-01-15T12:00:00.000Z");
  EXPECT_EQ(reply.at("/data/training_ms"), 0);
  EXPECT_EQ(reply.at("/data/model_version"), 1);
  EXPECT_EQ(reply.at("/data/products_count"), 3);
  EXPECT_EQ(reply.at("/data/users_count"), 2);
  EXPECT_EQ(reply.at("/data/orders_count"), 2);
  EXPECT_EQ(reply.at("/data/interactions_count"), 4);
  EXPECT_GT(reply.at("/data/model_bytes").to_number<std::int64_t>(), 0);
  EXPECT_EQ(reply.text("/data/algorithm"), "item_similarity");
  EXPECT_EQ(reply.at("/data/events_behind"), 0);
  EXPECT_EQ(reply.text("/data/timestamp"), "2026-01-15T12:00:00.000Z");
}

TEST_F(RecommendationRoutesTest, StatusIsForAnalysts) {
  EXPECT_EQ(client.as_nobody().get("/api/ai/model/status").status, 401);
  EXPECT_EQ(client.as(Role::customer, customer).get("/api/ai/model/status").status, 403);
  EXPECT_EQ(client.as(Role::staff, test::user(4)).get("/api/ai/model/status").status, 200);
}

}  // namespace
}  // namespace cloudcart::recommendation
