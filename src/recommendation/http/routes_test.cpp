#include "recommendation/http/routes.h"

#include <thread>

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_assortment.h"
#include "adapters/memory/recommendation/memory_model_snapshots.h"
#include "adapters/memory/recommendation/memory_quality_ledger.h"
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
  MemoryModelSnapshots snapshots;
  MemoryQualityLedger quality;
  RecommendationApp app{{.log = log,
                         .assortment = assortment,
                         .snapshots = snapshots,
                         .quality = quality,
                         .clock = clock,
                         .training = pool}};
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
      while (!is_refreshed()) std::this_thread::sleep_for(milliseconds{1});
    }
    loop.stop();
  }
  bool is_refreshed() {
    return !client.as(Role::analyst, test::user(50))
                .get("/api/ai/model/status")
                .at("/data/refreshed_at")
                .is_null();
  }
};

TEST_F(RecommendationRoutesTest, Popular) {
  train();
  const auto reply = client.as_nobody().get("/api/ai/recommendations/popular?limit=1");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(
      reply.body,
      R"({"success":true,"data":{"popular_products":[{"product_id":"00000000-0000-0000-0000-000000000001",)"
      R"("product_name":"P1","total_sold":5,"order_count":2,"reason":{"kind":"popular","text":"A best seller"}}],)"
      R"("count":1,"algorithm":"popularity_based","method":"popular","model_version":2}})");
}

TEST_F(RecommendationRoutesTest, Similar) {
  train();
  const auto path = "/api/ai/recommendations/product/" + test::product(2).to_string();
  const auto reply = client.as_nobody().get(path);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/product_id"), test::product(2).to_string());
  EXPECT_EQ(reply.text("/data/similar_products/0/product_name"), "P1");
  EXPECT_GT(reply.at("/data/similar_products/0/similarity").to_number<double>(), 0);
  EXPECT_EQ(reply.text("/data/similar_products/0/reason/kind"), "bought_together");
  EXPECT_EQ(reply.text("/data/similar_products/0/reason/text"), "Bought together with P2");
  EXPECT_EQ(reply.text("/data/similar_products/0/reason/because/product_id"), test::product(2).to_string());
  EXPECT_EQ(reply.text("/data/similar_products/0/reason/because/product_name"), "P2");
  EXPECT_EQ(reply.text("/data/algorithm"), "item_similarity");
  EXPECT_EQ(reply.text("/data/method"), "blend");
  EXPECT_EQ(reply.at("/data/model_version"), 2);
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
  EXPECT_GT(reply.at("/data/recommendations/0/score").to_number<double>(), 0);
  EXPECT_EQ(reply.text("/data/algorithm"), "item_similarity");
}

TEST_F(RecommendationRoutesTest, ToACustomerWithoutOrders) {
  train();
  const auto reply =
      client.as(Role::staff, test::user(9)).get("/api/ai/recommendations/user/" + test::user(8).to_string());
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/algorithm"), "trending");
  EXPECT_EQ(reply.text("/data/recommendations/0/product_name"), "P1");
  EXPECT_GT(reply.at("/data/recommendations/0/score").to_number<double>(), 0);
  EXPECT_EQ(reply.text("/data/recommendations/0/reason/kind"), "trending");
  EXPECT_EQ(reply.text("/data/method"), "trending");
}

TEST_F(RecommendationRoutesTest, WithABasketAndASession) {
  train();
  const auto id = [](std::uint32_t number) { return '"' + test::product(number).to_string() + '"'; };
  const std::vector<std::pair<std::string, std::string>> asked{
      {"basket", R"({"items":[{"product_id":)" + id(2) + R"(,"quantity":3}],"limit":1})"},
      {"basket", R"({"product_ids":[)" + id(2) + R"(],"limit":1})"},
      {"session", R"({"viewed":[)" + id(2) + R"(],"limit":1})"}};
  for (const auto& [route, body] : asked) {
    const auto reply = client.as_nobody().post("/api/ai/recommendations/" + route, body);
    EXPECT_EQ(reply.status, 200) << body;
    EXPECT_EQ(reply.at("/data/count"), 1);
    EXPECT_EQ(reply.text("/data/recommendations/0/product_name"), "P1");
    EXPECT_EQ(reply.text("/data/recommendations/0/reason/text"), "Bought together with P2");
    EXPECT_EQ(reply.text("/data/algorithm"), "item_similarity");
  }
  const auto unknown =
      client.as_nobody().post("/api/ai/recommendations/session", R"({"viewed":[)" + id(77) + "]}");
  EXPECT_EQ(unknown.text("/data/algorithm"), "trending");
}

TEST_F(RecommendationRoutesTest, ManyCustomers) {
  train();
  const auto body =
      R"({"user_ids":[")" + customer.to_string() + R"(",")" + test::user(8).to_string() + R"("],"limit":2})";
  const auto path = "/api/ai/recommendations/batch";
  const auto reply = client.as(Role::staff, test::user(9)).post(path, body);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.at("/data/count"), 2);
  EXPECT_EQ(reply.text("/data/customers/0/user_id"), customer.to_string());
  EXPECT_EQ(reply.text("/data/customers/0/algorithm"), "item_similarity");
  EXPECT_EQ(reply.at("/data/customers/0/count"), 2);
  EXPECT_EQ(reply.text("/data/customers/1/algorithm"), "trending");
  EXPECT_EQ(client.as_nobody().post(path, body).status, 401);
  EXPECT_EQ(client.as(Role::customer, customer).post(path, body).status, 403);
  EXPECT_EQ(client.as(Role::analyst, test::user(3)).post(path, body).status, 403);
}

TEST_F(RecommendationRoutesTest, Wishes) {
  train();
  assortment.put({}, {.id = test::product(3),
                      .name = "P3",
                      .category = "Pans",
                      .is_active = true,
                      .in_stock = true,
                      .price = Money{500}});
  const auto names = [&](const std::string& query) {
    std::string answer;
    const auto reply = client.as_nobody().get("/api/ai/recommendations/popular?" + query);
    EXPECT_EQ(reply.status, 200) << query;
    for (const auto& product : reply.at("/data/popular_products").as_array())
      answer.append(product.at("product_name").as_string());
    return answer;
  };
  EXPECT_EQ(names(""), "P1P2P3");
  EXPECT_EQ(names("category=Pans"), "P3");
  EXPECT_EQ(names("category="), "P1P2P3");
  EXPECT_EQ(names("minPrice=5"), "P3");
  EXPECT_EQ(names("maxPrice=4.99"), "P1P2");
  EXPECT_EQ(names("exclude=" + test::product(1).to_string() + "," + test::product(2).to_string()), "P3");
  EXPECT_EQ(names("diversity=0.5&limit=1"), "P1");
}

TEST_F(RecommendationRoutesTest, BadWishesAreAllNamed) {
  const auto path = "/api/ai/recommendations/user/" + customer.to_string();
  const auto reply = client.as(Role::customer, customer)
                         .get(path + "?limit=0&exclude=x&minPrice=-1&diversity=1.1&new_only=yes");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.at("/errors").as_array().size(), 5);
  for (const auto* query : {"maxPrice=1&minPrice=2", "diversity=nan", "diversity=", "exclude=", "exclude=,"})
    EXPECT_EQ(client.as_nobody().get("/api/ai/recommendations/popular?" + std::string{query}).status, 400)
        << query;
  std::string many = "exclude=" + test::product(1).to_string();
  for (std::size_t i = 0; i < Wishes::max_exclude; ++i) many += "," + test::product(1).to_string();
  EXPECT_EQ(client.as_nobody().get("/api/ai/recommendations/popular?" + many).status, 400);
}

TEST_F(RecommendationRoutesTest, BadBodiesAreRefused) {
  const auto some = '"' + test::product(1).to_string() + '"';
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"basket", "{}"},
      {"basket", R"({"items":[]})"},
      {"basket", R"({"items":[{"product_id":"x"}]})"},
      {"basket", R"({"items":[{"product_id":)" + some + R"(,"quantity":0}]})"},
      {"basket", R"({"items":[{"product_id":)" + some + R"(}],"product_ids":[)" + some + "]}"},
      {"basket", R"({"product_ids":[1]})"},
      {"basket", R"({"product_ids":[)" + some + R"(],"diversity":"0.5"})"},
      {"basket", R"({"product_ids":[)" + some + R"(],"min_price":2,"max_price":1})"},
      {"session", "{}"},
      {"session", R"({"viewed":)" + some + "}"},
      {"session", R"({"viewed":[)" + some + R"(],"limit":101})"},
      {"batch", R"({"user_ids":[]})"},
      {"batch", R"({"user_ids":["x"]})"},
      {"batch", R"({"user_ids":[)" + some + R"(],"new_only":1})"}};
  for (const auto& [route, body] : bodies) {
    const auto reply = client.as(Role::staff, test::user(9)).post("/api/ai/recommendations/" + route, body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.code(), "validation_failed") << body;
  }
}

TEST_F(RecommendationRoutesTest, ABatchHasABound) {
  std::string users = '"' + customer.to_string() + '"';
  for (std::size_t i = 1; i < 200; ++i) users += ",\"" + customer.to_string() + '"';
  const auto ask = [&](int limit) {
    return client.as(Role::staff, test::user(9))
        .post("/api/ai/recommendations/batch",
              R"({"user_ids":[)" + users + R"(],"limit":)" + std::to_string(limit) + "}")
        .status;
  };
  EXPECT_EQ(ask(50), 200);
  EXPECT_EQ(ask(51), 400);
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
  EXPECT_EQ(reply.at("/data/events_behind"), 2);
}

TEST_F(RecommendationRoutesTest, StatusAfterIt) {
  train();
  const auto reply = client.as(Role::admin, test::user(3)).get("/api/ai/model/status");
  EXPECT_EQ(reply.at("/data/is_trained"), true);
  EXPECT_EQ(reply.text("/data/trained_at"), "2026-01-15T12:00:00.000Z");
  EXPECT_EQ(reply.at("/data/training_ms"), 0);
  EXPECT_EQ(reply.at("/data/model_version"), 2);
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

TEST_F(RecommendationRoutesTest, QualityWithoutCasesIsNullAndNotZero) {
  auto analyst = client.as(Role::analyst, test::user(50));
  const auto reply = analyst.get("/api/ai/model/quality?days=7");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.at("/data/period_days").as_int64(), 7);
  EXPECT_EQ(reply.text("/data/to"), "2026-01-15");
  EXPECT_EQ(reply.text("/data/from"), "2026-01-09");
  EXPECT_EQ(reply.text("/data/tasks/0/task"), "next");
  EXPECT_TRUE(reply.at("/data/tasks/0/hit_rate").is_null());
  EXPECT_TRUE(reply.at("/data/tasks/0/lift").is_null());
  EXPECT_EQ(analyst.get("/api/ai/model/quality?days=366").status, 400);
}

TEST_F(RecommendationRoutesTest, QualityIsSummedOverTheDays) {
  const std::chrono::sys_days today{std::chrono::year{2026} / 1 / 15};
  const auto on = [](std::chrono::sys_days day, std::int64_t cases, std::int64_t hits) {
    return QualityDay{.tenant = {},
                      .day = day,
                      .task = QualityTask::basket,
                      .tally = {.cases = cases,
                                .hits = hits,
                                .gain = static_cast<double>(hits) / 2,
                                .baseline_hits = 1,
                                .baseline_gain = 0.5,
                                .discordant = hits}};
  };
  ASSERT_TRUE(
      sync_wait(quality.add({on(today - std::chrono::days{1}, 6, 2), on(today, 4, 2)}, Deadline::max())));
  const auto reply = client.as(Role::analyst, test::user(50)).get("/api/ai/model/quality");
  EXPECT_EQ(reply.at("/data/tasks/1/cases").as_int64(), 10);
  EXPECT_EQ(reply.at("/data/tasks/1/hit_rate").as_double(), 0.4);
  EXPECT_EQ(reply.at("/data/tasks/1/ndcg").as_double(), 0.2);
  EXPECT_EQ(reply.at("/data/tasks/1/baseline/hit_rate").as_double(), 0.2);
  EXPECT_EQ(reply.at("/data/tasks/1/lift/hit_rate_difference").as_double(), 0.2);
  EXPECT_EQ(reply.text("/data/tasks/1/by_day/1/date"), "2026-01-15");
  EXPECT_EQ(reply.at("/data/tasks/1/by_day/1/hit_rate").as_double(), 0.5);
}

TEST_F(RecommendationRoutesTest, ATrainingThatIsAskedForIsToldUntilItIsDone) {
  auto staff = client.as(Role::staff, test::user(50));
  EXPECT_TRUE(staff.get("/api/ai/model/status").at("/data/training").is_null());
  ASSERT_EQ(staff.post("/api/ai/train", "{}").status, 202);
  const auto waiting = staff.get("/api/ai/model/status");
  EXPECT_EQ(waiting.text("/data/training/phase"), "waiting");
  EXPECT_TRUE(waiting.at("/data/training/done").is_null());
}

}  // namespace
}  // namespace cloudcart::recommendation
