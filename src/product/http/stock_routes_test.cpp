#include "product/http/stock_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "product/http/routes.h"
#include "support/http_client.h"
#include "support/memory_products.h"

namespace cloudcart::product {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

const auto clerk = UserId::parse("01932c08-11aa-7b2c-8d4e-5f6071829399").value();
const auto order = OrderId::parse("01932c08-11aa-7b2c-8d4e-5f6071829388").value();

class StockRoutesTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto created =
        staff().post("/api/products", R"({"name":"Teapot","price":"19.99","inventory_count":10})");
    id = created.text("/data/product/id");
    path = "/api/products/" + id + "/stock";
  }
  test::HttpClient::Session staff() { return client.as(Role::staff, clerk); }
  test::HttpReply adjust(std::string body, const std::string& key = {}) {
    http::Headers headers;
    if (!key.empty()) headers.set("Idempotency-Key", key);
    return staff().post(path, std::move(body), std::move(headers));
  }
  static std::vector<std::string> violations(const test::HttpReply& reply) {
    EXPECT_EQ(reply.code(), "validation_failed") << reply.body;
    std::vector<std::string> fields;
    for (const auto& error : reply.at("/errors").as_array()) {
      const std::string text{error.as_string()};
      fields.push_back(text.substr(0, text.find(':')));
    }
    return fields;
  }

  test::MemoryProducts products;
  test::HttpClient client{product_routes(products.app)};
  std::string id, path;
};

TEST_F(StockRoutesTest, ShowsTheFiguresAndWhatLedToThem) {
  const auto product = ProductId::parse(id).value();
  ASSERT_TRUE(sync_wait(products.app.reserve_stock({}, order, {{product, 4}})));
  ASSERT_EQ(staff().put("/api/products/" + id, R"({"inventory_count":5})").status, 200);
  const auto stock = staff().get(path);
  ASSERT_EQ(stock.status, 200) << stock.body;
  EXPECT_EQ(stock.text("/data/product_id"), id);
  EXPECT_EQ(stock.at("/data/available"), 5);
  EXPECT_EQ(stock.at("/data/reserved"), 4);
  EXPECT_EQ(stock.at("/data/sold"), 0);
  const auto& movements = stock.at("/data/movements").as_array();
  ASSERT_EQ(movements.size(), 3U);
  EXPECT_EQ(movements[0].at("sequence"), 3);
  EXPECT_EQ(movements[0].at("kind"), "adjust");
  EXPECT_EQ(movements[0].at("change"),
            (boost::json::object{{"available", -1}, {"reserved", 0}, {"sold", 0}}));
  EXPECT_EQ(movements[0].at("reason"), "Product edited");
  EXPECT_EQ(movements[0].at("actor"), clerk.to_string().c_str());
  EXPECT_TRUE(movements[0].at("order_id").is_null());
  EXPECT_EQ(movements[1].at("kind"), "reserve");
  EXPECT_EQ(movements[1].at("order_id"), order.to_string().c_str());
  EXPECT_EQ(movements[1].at("change"),
            (boost::json::object{{"available", -4}, {"reserved", 4}, {"sold", 0}}));
  EXPECT_TRUE(movements[1].at("actor").is_null());
  EXPECT_TRUE(movements[1].at("reason").is_null());
  EXPECT_EQ(movements[2].at("reason"), "Product created");
  EXPECT_TRUE(stock.at("/data/next_cursor").is_null());
}

TEST_F(StockRoutesTest, ReadsOnByCursor) {
  for (int i = 0; i < 4; ++i) ASSERT_EQ(adjust(R"({"change":1,"reason":"found one"})").status, 200);
  const auto first = staff().get(path + "?limit=2");
  EXPECT_EQ(first.at("/data/pagination"),
            (boost::json::object{{"page", 1}, {"limit", 2}, {"total", 5}, {"pages", 3}}));
  EXPECT_EQ(first.at("/data/movements/1/sequence"), 4);
  const auto second = staff().get(path + "?limit=100&cursor=" + first.text("/data/next_cursor"));
  EXPECT_EQ(second.at("/data/movements").as_array().size(), 3U);
  EXPECT_EQ(second.at("/data/movements/0/sequence"), 3);
  EXPECT_TRUE(second.at("/data/pagination/page").is_null());
  EXPECT_TRUE(second.at("/data/next_cursor").is_null());
  for (const auto* query : {"cursor=x", "cursor=AAAAAAAAAAA", "cursor=AAAAAAAAAAAA"})
    EXPECT_THAT(violations(staff().get(path + "?" + query)), ElementsAre("cursor")) << query;
  EXPECT_THAT(violations(staff().get(path + "?limit=101&page=2")), UnorderedElementsAre("limit", "page"));
}

TEST_F(StockRoutesTest, AdjustsByAndTo) {
  const auto by = adjust(R"({"change":-3,"reason":"  broken in transport "})");
  ASSERT_EQ(by.status, 200) << by.body;
  EXPECT_EQ(by.text("/message"), "Stock adjusted");
  EXPECT_EQ(by.at("/data/available"), 7);
  EXPECT_EQ(by.at("/data/movement/sequence"), 2);
  EXPECT_EQ(by.text("/data/movement/reason"), "broken in transport");
  EXPECT_EQ(by.text("/data/movement/actor"), clerk.to_string());
  EXPECT_EQ(adjust(R"({"set_to":12,"reason":"counted"})").at("/data/movement/change/available"), 5);
  const auto same = adjust(R"({"set_to":12,"reason":"counted"})");
  EXPECT_EQ(same.text("/message"), "Stock unchanged");
  EXPECT_TRUE(same.at("/data/movement").is_null());
  EXPECT_EQ(client.as_nobody().get("/api/products/" + id).at("/data/product/inventory_count"), 12)
      << "the cache knows of it";
}

TEST_F(StockRoutesTest, NothingBelowZero) {
  const auto refused = adjust(R"({"change":-11,"reason":"thrown away"})");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.code(), "insufficient_inventory");
  EXPECT_EQ(refused.text("/errors/0"), id + ": 11 to be taken away, 10 available");
  EXPECT_EQ(staff().get(path).at("/data/pagination/total"), 1);
}

TEST_F(StockRoutesTest, AKeyCountsOnce) {
  const auto first = adjust(R"({"change":5,"reason":"found"})", "k1");
  ASSERT_EQ(first.status, 200) << first.body;
  ASSERT_EQ(adjust(R"({"change":1,"reason":"found"})").status, 200);
  EXPECT_EQ(adjust(R"({"reason":"found", "change":5})", "k1").body, first.body);
  const auto other = adjust(R"({"change":6,"reason":"found"})", "k1");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.code(), "idempotency_conflict");
  EXPECT_EQ(staff().get(path).at("/data/available"), 16);
}

TEST_F(StockRoutesTest, BadFieldsAreNamedAtOnce) {
  EXPECT_THAT(violations(adjust("{}", std::string(256, 'k'))),
              UnorderedElementsAre("change", "reason", "Idempotency-Key"));
  const std::vector<std::pair<std::string, std::string>> bad{{R"("change":0)", "change"},
                                                             {R"("change":1.5)", "change"},
                                                             {R"("change":"1")", "change"},
                                                             {R"("change":1000000001)", "change"},
                                                             {R"("change":-1000000001)", "change"},
                                                             {R"("set_to":-1)", "set_to"},
                                                             {R"("change":1,"set_to":1)", "set_to"},
                                                             {R"("change":1000000000)", "change"},
                                                             {R"("change":null)", "change"}};
  for (const auto& [fields, name] : bad)
    EXPECT_THAT(violations(adjust("{" + fields + R"(,"reason":"counted"})")), ElementsAre(name)) << fields;
  for (const auto& reason : {std::string("no"), std::string(201, 'r'), std::string("   ")})
    EXPECT_THAT(violations(adjust(R"({"change":1,"reason":")" + reason + "\"}")), ElementsAre("reason"));
  EXPECT_EQ(staff().get(path).at("/data/pagination/total"), 1);
}

TEST_F(StockRoutesTest, IsForStaff) {
  for (const auto role : {Role::customer, Role::analyst}) {
    EXPECT_EQ(client.as(role, clerk).get(path).status, 403);
    EXPECT_EQ(client.as(role, clerk).post(path, "{}").status, 403);
  }
  EXPECT_EQ(client.as_nobody().get(path).status, 401);
  EXPECT_EQ(client.as(Role::admin, clerk).get(path).status, 200);
}

TEST_F(StockRoutesTest, UnknownProductsAreNotFoundAndInactiveOnesAreThere) {
  const std::string unknown = "/api/products/01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40/stock";
  EXPECT_EQ(staff().get(unknown).status, 404);
  EXPECT_EQ(staff().post(unknown, R"({"change":1,"reason":"found"})").status, 404);
  EXPECT_THAT(violations(staff().get("/api/products/x/stock")), ElementsAre("id"));
  ASSERT_EQ(staff().del("/api/products/" + id).status, 200);
  EXPECT_EQ(staff().get(path).status, 200);
}

}  // namespace
}  // namespace cloudcart::product
