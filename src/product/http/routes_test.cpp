#include "product/http/routes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "support/http_client.h"
#include "support/memory_products.h"

namespace cloudcart::product {
namespace {

using testing::ElementsAre;

const auto somebody = UserId::parse("01932c08-11aa-7b2c-8d4e-5f6071829399").value();
constexpr auto teapot_body =
    R"({"name":"Blue Teapot","description":"Holds one litre","price":"19.99","category_name":"Kitchen",)"
    R"("inventory_count":40,"image_url":"https://img.example.com/teapot.jpg","sku":"TEA-001"})";

class ProductRoutesTest : public testing::Test, protected test::MemoryProductsBy<test::FakeClock> {
 protected:
  test::HttpClient::Session staff() { return client.as(Role::staff, somebody); }
  test::HttpClient::Session nobody() { return client.as_nobody(); }

  std::string create(std::string body) {
    clock.advance(seconds{1});
    const auto reply = staff().post("/api/products", std::move(body));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.text("/data/product/id");
  }
  /// The names of the fields that an answer of 400 complains about.
  static std::vector<std::string> violations(const test::HttpReply& reply) {
    EXPECT_EQ(reply.status, 400) << reply.body;
    EXPECT_EQ(reply.code(), "validation_failed");
    std::vector<std::string> fields;
    for (const auto& error : reply.at("/errors").as_array()) {
      const std::string text{error.as_string()};
      fields.push_back(text.substr(0, text.find(':')));
    }
    return fields;
  }
  std::vector<std::string> listed(const std::string& query) {
    const auto reply = nobody().get("/api/products" + query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    std::vector<std::string> names;
    for (const auto& product : reply.at("/data/products").as_array())
      names.emplace_back(product.at("name").as_string());
    return names;
  }

  test::HttpClient client{product_routes(app)};
};

TEST_F(ProductRoutesTest, AProductComesBackAsItWasSent) {
  const auto created = staff().post("/api/products", teapot_body);
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(created.text("/message"), "Product created");
  const auto& product = created.at("/data/product");
  EXPECT_EQ(product.as_object().size(), 11U);
  EXPECT_EQ(product.at("price").as_string(), "19.99");
  EXPECT_EQ(product.at("inventory_count").as_int64(), 40);
  EXPECT_EQ(product.at("is_active").as_bool(), true);
  EXPECT_EQ(product.at("created_at").as_string(), "2026-01-15T12:00:00.000Z");
  const auto read = nobody().get("/api/products/" + created.text("/data/product/id"));
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.at("/data"), created.at("/data"));
}

TEST_F(ProductRoutesTest, WhatIsLeftOutIsNullOrZero) {
  const auto product =
      staff().post("/api/products", R"({"name":"Cup","price":3.5,"colour":"ignored"})").at("/data/product");
  for (const auto* name : {"description", "category_name", "image_url", "sku"})
    EXPECT_TRUE(product.at(name).is_null());
  EXPECT_EQ(product.at("inventory_count").as_int64(), 0);
  EXPECT_EQ(product.at("price").as_string(), "3.50");
}

TEST_F(ProductRoutesTest, EachBadFieldIsNamed) {
  const auto id = create(teapot_body);
  const std::vector<std::pair<std::string, std::string>> bad{
      {"name", R"("A")"},
      {"name", "5"},
      {"name", "null"},
      {"description", '"' + std::string(2001, 'd') + '"'},
      {"price", "0"},
      {"price", "-1"},
      {"price", R"("1.999")"},
      {"price", R"("100000000.00")"},
      {"price", "null"},
      {"category_name", R"("")"},
      {"category_name", '"' + std::string(101, 'c') + '"'},
      {"inventory_count", "-1"},
      {"inventory_count", "1.5"},
      {"inventory_count", "1000000001"},
      {"image_url", "\"javascript:alert(1)\""},
      {"image_url", R"("https://example.com/)" + std::string(490, 'a') + '"'},
      {"sku", R"("")"},
      {"sku", '"' + std::string(101, 's') + '"'}};
  for (const auto& [field, value] : bad) {
    std::string body = R"({"name":"Cup","price":"1.00",)";
    if (field == "name") body = R"({"price":"1.00",)";
    if (field == "price") body = R"({"name":"Cup",)";
    EXPECT_THAT(violations(staff().post("/api/products", body + '"' + field + "\":" + value + '}')),
                ElementsAre(field))
        << value;
    EXPECT_THAT(violations(staff().put("/api/products/" + id, "{\"" + field + "\":" + value + '}')),
                ElementsAre(field))
        << value;
  }
}

TEST_F(ProductRoutesTest, AllBadFieldsAreNamedAtOnce) {
  const auto reply = staff().post(
      "/api/products",
      R"({"name":"A","description":1,"category_name":"","inventory_count":-1,"image_url":"x","sku":""})");
  EXPECT_THAT(violations(reply),
              testing::UnorderedElementsAre("name", "description", "price", "category_name",
                                            "inventory_count", "image_url", "sku"));
}

TEST_F(ProductRoutesTest, OnlyStaffWrites) {
  const auto id = create(teapot_body);
  const auto path = "/api/products/" + id;
  EXPECT_EQ(nobody().post("/api/products", teapot_body).status, 401);
  EXPECT_EQ(nobody().put(path, R"({"price":1})").status, 401);
  EXPECT_EQ(nobody().del(path).status, 401);
  for (const auto role : {Role::customer, Role::analyst}) {
    EXPECT_EQ(client.as(role, somebody).post("/api/products", teapot_body).status, 403);
    EXPECT_EQ(client.as(role, somebody).put(path, R"({"price":1})").status, 403);
    EXPECT_EQ(client.as(role, somebody).del(path).status, 403);
  }
  EXPECT_EQ(client.as(Role::admin, somebody).put(path, R"({"price":1})").status, 200);
}

TEST_F(ProductRoutesTest, ATakenSkuIs409) {
  create(teapot_body);
  const auto other = create(R"({"name":"Cup","price":1})");
  const auto created = staff().post("/api/products", teapot_body);
  EXPECT_EQ(created.status, 409);
  EXPECT_EQ(created.code(), "conflict");
  EXPECT_EQ(created.text("/errors/0"), "sku: is taken");
  EXPECT_EQ(staff().put("/api/products/" + other, R"({"sku":"TEA-001"})").status, 409);
}

TEST_F(ProductRoutesTest, AnUpdateChangesWhatIsSentAndNullEmpties) {
  const auto path = "/api/products/" + create(teapot_body);
  const auto updated = staff().put(
      path, R"({"price":17.5,"inventory_count":60,"description":null,"sku":null,"id":"x","tenant":"other"})");
  ASSERT_EQ(updated.status, 200) << updated.body;
  EXPECT_EQ(updated.text("/message"), "Product updated");
  EXPECT_EQ(updated.text("/data/product/price"), "17.50");
  EXPECT_EQ(updated.at("/data/product/inventory_count").as_int64(), 60);
  EXPECT_TRUE(updated.at("/data/product/description").is_null());
  EXPECT_TRUE(updated.at("/data/product/sku").is_null());
  EXPECT_EQ(updated.text("/data/product/name"), "Blue Teapot");
  EXPECT_EQ(nobody().get(path).at("/data"), updated.at("/data"));
}

TEST_F(ProductRoutesTest, AnUpdateNeedsAWritableField) {
  const auto path = "/api/products/" + create(teapot_body);
  for (const auto* body :
       {"{}", R"({"colour":"blue"})", R"({"created_at":"2020-01-01T00:00:00.000Z"})", "[]", "5"})
    EXPECT_THAT(violations(staff().put(path, body)), ElementsAre("body")) << body;
}

TEST_F(ProductRoutesTest, IdsThatLeadNowhere) {
  const std::string unknown = "/api/products/01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40";
  EXPECT_EQ(nobody().get(unknown).status, 404);
  EXPECT_EQ(staff().put(unknown, R"({"price":1})").status, 404);
  EXPECT_EQ(staff().del(unknown).status, 404);
  EXPECT_THAT(violations(nobody().get("/api/products/not-a-uuid")), ElementsAre("id"));
  EXPECT_THAT(violations(staff().del("/api/products/1")), ElementsAre("id"));
}

TEST_F(ProductRoutesTest, ADeactivatedProductIsGoneForThePublicOnly) {
  const auto path = "/api/products/" + create(teapot_body);
  for (int i = 0; i < 2; ++i) {
    const auto gone = staff().del(path);
    EXPECT_EQ(gone.status, 200);
    EXPECT_EQ(gone.text("/message"), "Product deactivated");
    EXPECT_FALSE(gone.at("/data/product/is_active").as_bool());
  }
  EXPECT_EQ(nobody().get(path).status, 404);
  EXPECT_EQ(client.as(Role::analyst, somebody).get(path).status, 404);
  EXPECT_EQ(staff().get(path).status, 200);
  EXPECT_TRUE(listed("").empty());
  EXPECT_EQ(nobody().get("/api/products/categories/all").at("/data/categories").as_array().size(), 0U);
  EXPECT_EQ(staff().put(path, R"({"is_active":true})").status, 200);
  EXPECT_EQ(nobody().get(path).status, 200);
}

TEST_F(ProductRoutesTest, ListsByFilterSearchAndOrder) {
  create(R"({"name":"Apple Bowl","price":"9.00","inventory_count":5,"category_name":"Home"})");
  create(R"({"name":"cedar box","price":"10.00","inventory_count":3,"category_name":"Home"})");
  create(
      R"({"name":"Birch Tray","price":"100.00","inventory_count":4,"category_name":"Garden","sku":"BOX-1"})");
  EXPECT_THAT(listed(""), ElementsAre("Birch Tray", "cedar box", "Apple Bowl")) << "the newest first";
  EXPECT_THAT(listed("?sortBy=name&sortOrder=ASC"), ElementsAre("Apple Bowl", "Birch Tray", "cedar box"));
  EXPECT_THAT(listed("?sortBy=price&sortOrder=DESC"), ElementsAre("Birch Tray", "cedar box", "Apple Bowl"));
  EXPECT_THAT(listed("?sortBy=inventory_count&sortOrder=ASC"),
              ElementsAre("cedar box", "Birch Tray", "Apple Bowl"));
  EXPECT_THAT(listed("?category=Home"), ElementsAre("cedar box", "Apple Bowl"));
  EXPECT_THAT(listed("?search=BOX"), ElementsAre("Birch Tray", "cedar box"));
  EXPECT_THAT(listed("?search=box+cedar"), ElementsAre("cedar box"));
  EXPECT_THAT(listed("?minPrice=9.01&maxPrice=10"), ElementsAre("cedar box"));
  EXPECT_THAT(listed("?search=&category="), testing::SizeIs(3)) << "empty is no filter";
}

TEST_F(ProductRoutesTest, PagesAndCursorsCoverTheList) {
  for (int i = 1; i <= 5; ++i) create(fmt::format(R"({{"name":"Cup {}","price":{}}})", i, i));
  const auto first = nobody().get("/api/products?limit=2&sortBy=name&sortOrder=ASC");
  EXPECT_EQ(serialize(first.at("/data/pagination")), R"({"page":1,"limit":2,"total":5,"pages":3})");
  EXPECT_THAT(listed("?limit=2&page=2&sortBy=name&sortOrder=ASC"), ElementsAre("Cup 3", "Cup 4"));
  const auto next =
      "/api/products?limit=2&sortBy=name&sortOrder=ASC&cursor=" + first.text("/data/next_cursor");
  const auto second = nobody().get(next);
  EXPECT_EQ(second.text("/data/products/0/name"), "Cup 3");
  EXPECT_TRUE(second.at("/data/pagination/page").is_null());
  const auto last = nobody().get("/api/products?limit=2&page=3");
  EXPECT_TRUE(last.at("/data/next_cursor").is_null());
  EXPECT_TRUE(nobody().get("/api/products?page=1000000").at("/data/products").as_array().empty());
}

TEST_F(ProductRoutesTest, BadParametersAreNamedAtOnce) {
  const auto bad =
      nobody().get("/api/products?page=0&limit=101&sortBy=colour&sortOrder=UP&minPrice=x&maxPrice=-1");
  EXPECT_THAT(violations(bad),
              testing::UnorderedElementsAre("page", "limit", "sortBy", "sortOrder", "minPrice", "maxPrice"));
  EXPECT_THAT(violations(nobody().get("/api/products?minPrice=10&maxPrice=5")), ElementsAre("minPrice"));
  EXPECT_THAT(violations(nobody().get("/api/products?maxPrice=100000000")), ElementsAre("maxPrice"));
  EXPECT_THAT(violations(nobody().get("/api/products?category=" + std::string(101, 'c'))),
              ElementsAre("category"));
  EXPECT_THAT(violations(nobody().get("/api/products?search=" + std::string(256, 's'))),
              ElementsAre("search"));
  EXPECT_THAT(violations(nobody().get("/api/products?cursor=not-a-cursor")), ElementsAre("cursor"));
}

TEST_F(ProductRoutesTest, ACursorOfAnotherOrderIsNamed) {
  for (int i = 1; i <= 3; ++i) create(fmt::format(R"({{"name":"Cup {}","price":{}}})", i, i));
  const auto cursor = nobody().get("/api/products?limit=1&sortBy=name").text("/data/next_cursor");
  EXPECT_THAT(violations(nobody().get("/api/products?sortBy=price&cursor=" + cursor)), ElementsAre("cursor"));
}

TEST_F(ProductRoutesTest, ABodyMustBeJson) {
  http::Headers text;
  text.set("Content-Type", "text/plain");
  EXPECT_EQ(staff().post("/api/products", teapot_body, text).status, 415);
  EXPECT_EQ(staff().post("/api/products", "{").code(), "malformed_request");
}

TEST_F(ProductRoutesTest, EveryInternalRouteIsForServicesOnly) {
  for (const auto& route : product_routes(app)) {
    const bool is_internal = route.path.starts_with("/internal/");
    EXPECT_EQ(is_internal, route.access == http::Access::service) << route.path;
  }
  EXPECT_EQ(client.as(Role::admin, somebody).post("/internal/products/lookup", R"({"ids":[]})").status, 403);
}

}  // namespace
}  // namespace cloudcart::product
