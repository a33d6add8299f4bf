#include "product/http/internal_routes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/http_client.h"
#include "support/memory_products.h"

namespace cloudcart::product {
namespace {

const std::string order = "01932c08-11aa-7b2c-8d4e-5f6071829388";

class InternalRoutesTest : public testing::Test, protected test::MemoryProductsBy<test::FakeClock> {
 protected:
  void SetUp() override {
    Product draft{.name = "Teapot", .price = Money{1999}, .category_name = "Kitchen", .inventory_count = 5};
    teapot = sync_wait(app.create_product({}, draft))->id.to_string();
  }
  test::HttpReply post(const std::string& path, std::string body) {
    return client.as_service().post(path, std::move(body));
  }
  test::HttpReply reserve(const std::string& lines) {
    return post("/internal/reservations",
                fmt::format(R"({{"tenant":"main","order_id":"{}","lines":{}}})", order, lines));
  }
  std::string line(int quantity) {
    return fmt::format(R"({{"product_id":"{}","quantity":{}}})", teapot, quantity);
  }
  Stock kept() { return sync_wait(stock.audit({}, Deadline::max()))->at(0).kept; }

  test::HttpClient client{internal_product_routes(app)};
  std::string teapot;
};

TEST_F(InternalRoutesTest, ReservesConfirmsAndReleases) {
  for (int i = 0; i < 2; ++i) {
    const auto reserved = reserve("[" + line(2) + "]");
    ASSERT_EQ(reserved.status, 200) << reserved.body;
    EXPECT_EQ(
        serialize(reserved.at("/data/lines/0")),
        fmt::format(
            R"({{"product_id":"{}","product_name":"Teapot","category_name":"Kitchen","price":"19.99","quantity":2}})",
            teapot));
  }
  EXPECT_EQ(kept(), (Stock{3, 2, 0}));
  EXPECT_EQ(post("/internal/reservations/" + order + "/confirm", R"({"tenant":"main"})").status, 200);
  EXPECT_EQ(kept(), (Stock{3, 0, 2}));
  EXPECT_EQ(post("/internal/reservations/" + order + "/release", "").status, 200) << "a body is not needed";
  EXPECT_EQ(kept(), (Stock{5, 0, 0}));
  EXPECT_EQ(post("/internal/reservations/" + order + "/confirm", "").status, 409);
}

TEST_F(InternalRoutesTest, SaysWhatIsShort) {
  const auto refused = reserve("[" + line(4) + "," + line(2) + "]");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.code(), "insufficient_inventory");
  EXPECT_EQ(refused.text("/errors/0"), teapot + ": 6 asked, 5 available");
}

TEST_F(InternalRoutesTest, SaysWhichProductsAreUnknown) {
  const auto refused =
      reserve("[" + line(1) + R"(,{"product_id":"01932c08-11aa-7b2c-8d4e-5f6071829377","quantity":1}])");
  EXPECT_EQ(refused.status, 400);
  EXPECT_TRUE(refused.text("/errors/0").starts_with("items[1].product_id:")) << refused.body;
}

TEST_F(InternalRoutesTest, RefusesWhatIsNoReservation) {
  for (const auto* lines :
       {"[]", "null", "5", R"([{"product_id":"x","quantity":1}])", R"([{"quantity":0}])", "[1]"})
    EXPECT_EQ(reserve(lines).code(), "validation_failed") << lines;
  EXPECT_EQ(post("/internal/reservations", "[]").code(), "validation_failed");
  EXPECT_EQ(post("/internal/reservations/x/release", "").code(), "validation_failed");
  EXPECT_EQ(kept(), (Stock{5, 0, 0}));
}

TEST_F(InternalRoutesTest, AnotherShopHasOtherProductsAndOrders) {
  ASSERT_EQ(reserve("[" + line(2) + "]").status, 200);
  EXPECT_EQ(post("/internal/reservations/" + order + "/confirm", R"({"tenant":"other"})").status, 404);
  const auto lookup =
      post("/internal/products/lookup", fmt::format(R"({{"tenant":"other","ids":["{}"]}})", teapot));
  EXPECT_TRUE(lookup.at("/data/products").as_array().empty());
}

TEST_F(InternalRoutesTest, LooksUpManyProducts) {
  const auto found = post("/internal/products/lookup",
                          fmt::format(R"({{"ids":["{}","01932c08-11aa-7b2c-8d4e-5f6071829377"]}})", teapot));
  ASSERT_EQ(found.status, 200) << found.body;
  ASSERT_EQ(found.at("/data/products").as_array().size(), 1U);
  EXPECT_EQ(
      serialize(found.at("/data/products/0")),
      fmt::format(
          R"({{"id":"{}","name":"Teapot","category_name":"Kitchen","price":"19.99","is_active":true,"inventory_count":5}})",
          teapot));
  EXPECT_EQ(post("/internal/products/lookup", R"({"ids":["x"]})").status, 400);
  EXPECT_EQ(post("/internal/products/lookup", "{}").status, 400);
}

}  // namespace
}  // namespace cloudcart::product
