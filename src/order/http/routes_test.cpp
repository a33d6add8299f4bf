#include "order/http/routes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/memory/order/memory_catalogue.h"
#include "adapters/memory/order/memory_customers.h"
#include "adapters/memory/order/memory_event_log.h"
#include "adapters/memory/order/memory_order_repository.h"
#include "order/http/order_json.h"
#include "support/http_client.h"
#include "support/order_history.h"

namespace cloudcart::order {
namespace {

using test::HttpReply;
using test::numbered;
using testing::ElementsAre;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const auto owner = numbered<UserId>(1);
const auto stranger = numbered<UserId>(2);
const auto clerk = numbered<UserId>(3);
const auto pot = numbered<ProductId>(1);
const std::string unknown_id = "01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40";

class OrderRoutesTest : public testing::Test {
 protected:
  SystemClock clock;
  SystemIdGenerator ids{clock};
  MemoryOrderState state;
  MemoryOrderRepository orders{state};
  MemoryEventLog log{state};
  MemoryCatalogue stock;
  MemoryCustomers customers;
  OrderApp app{{orders, stock, customers, clock, ids, Currency::parse("GBP").value()}};
  test::HttpClient http{order_routes(app, log)};

  OrderRoutesTest() {
    stock.put(pot, {.name = "Pot \"blue\"", .category = "Kitchen", .price = Money{1999}, .available = 10});
    customers.add(owner);
  }

  auto as_owner() { return http.as(Role::customer, owner); }
  auto as_stranger() { return http.as(Role::customer, stranger); }
  auto as_staff() { return http.as(Role::staff, clerk); }

  static std::string body(int quantity = 2, UserId user = owner) {
    return fmt::format(R"({{"user_id":"{}","items":[{{"product_id":"{}","quantity":{}}}],)"
                       R"("shipping_address":"12 St James Square"}})",
                       user.to_string(), pot.to_string(), quantity);
  }
  static http::Headers key(std::string value) {
    http::Headers headers;
    headers.set("Idempotency-Key", std::move(value));
    return headers;
  }
  std::string place() { return as_owner().post("/api/orders", body(1)).text("/data/order/id"); }
  static std::vector<std::string> violations(const HttpReply& reply) {
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.code(), "validation_failed");
    std::vector<std::string> fields;
    for (const auto& error : reply.at("/errors").as_array()) {
      const std::string_view text = error.as_string();
      fields.emplace_back(text.substr(0, text.find(':')));
    }
    return fields;
  }
  static std::vector<std::string> ids_of(const HttpReply& reply) {
    std::vector<std::string> ids;
    for (const auto& order : reply.at("/data/orders").as_array())
      ids.emplace_back(order.at("id").as_string());
    return ids;
  }
};

TEST_F(OrderRoutesTest, AnOrderIsAnsweredAsTheContractSays) {
  const auto reply = as_owner().post("/api/orders", body());
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.text("/message"), "Order placed");
  const auto& order = reply.at("/data/order").as_object();
  EXPECT_EQ(reply.text("/data/order/user_id"), owner.to_string());
  EXPECT_EQ(reply.text("/data/order/kind"), "sale");
  EXPECT_EQ(reply.text("/data/order/total_amount"), "39.98");
  EXPECT_EQ(reply.text("/data/order/currency"), "GBP");
  EXPECT_EQ(reply.text("/data/order/status"), "pending");
  EXPECT_EQ(reply.text("/data/order/payment_status"), "pending");
  EXPECT_EQ(reply.text("/data/order/shipping_address"), "12 St James Square");
  EXPECT_TRUE(parse_rfc3339(reply.text("/data/order/created_at")));
  EXPECT_EQ(order.at("updated_at"), order.at("created_at"));
  const boost::json::array items{{{"product_id", pot.to_string()},
                                  {"product_name", "Pot \"blue\""},
                                  {"quantity", 2},
                                  {"price", "19.99"},
                                  {"subtotal", "39.98"}}};
  EXPECT_EQ(order.at("items").as_array(), items);
  EXPECT_EQ(as_owner().get("/api/orders/" + reply.text("/data/order/id")).at("/data/order"), order);
}

TEST_F(OrderRoutesTest, AnUnknownCustomerIsNull) {
  JsonWriter json;
  write_order(json, Order{.currency = Currency::parse("GBP").value()}, false);
  EXPECT_THAT(json.str(), testing::HasSubstr(R"("user_id":null)"));
}

TEST_F(OrderRoutesTest, EveryViolationOfABodyIsNamed) {
  const auto reply = as_owner().post(
      "/api/orders",
      R"({"user_id":"x","items":[{"product_id":"y","quantity":0},{},7],"shipping_address":"short"})",
      key("with space"));
  EXPECT_THAT(violations(reply),
              UnorderedElementsAre("user_id", "items[0].product_id", "items[0].quantity",
                                   "items[1].product_id", "items[1].quantity", StartsWith("items[2]"),
                                   "shipping_address", "Idempotency-Key"));
  EXPECT_THAT(violations(as_owner().post("/api/orders", "{}")),
              ElementsAre("user_id", "items", "shipping_address"));
  EXPECT_EQ(as_owner().post("/api/orders", "{").code(), "malformed_request");
}

TEST_F(OrderRoutesTest, KeysAreCheckedAndHonoured) {
  for (const auto& bad : {std::string{}, std::string(256, 'k'), std::string{"ключ"}})
    EXPECT_THAT(violations(as_owner().post("/api/orders", body(), key(bad))), ElementsAre("Idempotency-Key"));
  auto twice = key("a");
  twice.add("idempotency-key", "b");
  EXPECT_THAT(violations(as_owner().post("/api/orders", body(), twice)), ElementsAre("Idempotency-Key"));

  const auto first = as_owner().post("/api/orders", body(), key(std::string(255, 'k')));
  ASSERT_EQ(first.status, 201);
  ASSERT_EQ(as_owner().post("/api/orders/" + first.text("/data/order/id") + "/cancel", "").status, 200);
  const auto again = as_owner().post("/api/orders", " " + body() + " ", key(std::string(255, 'k')));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  const auto other = as_owner().post("/api/orders", body(3), key(std::string(255, 'k')));
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.code(), "idempotency_conflict");
}

TEST_F(OrderRoutesTest, RefusalsHaveTheirStatus) {
  const auto too_many = as_owner().post("/api/orders", body(11));
  EXPECT_EQ(too_many.status, 409);
  EXPECT_EQ(too_many.code(), "insufficient_inventory");
  EXPECT_THAT(too_many.text("/errors/0"), StartsWith(pot.to_string() + ": "));
  EXPECT_EQ(as_stranger().post("/api/orders", body()).status, 403);
  EXPECT_EQ(as_staff().post("/api/orders", body()).status, 201);
  EXPECT_EQ(as_staff().post("/api/orders", body(1, stranger)).status, 404);
  http::Headers as_text;
  as_text.set("Content-Type", "text/plain");
  EXPECT_EQ(as_owner().post("/api/orders", body(), as_text).status, 415);
  EXPECT_EQ(http.as_nobody().post("/api/orders", body()).status, 401);
}

TEST_F(OrderRoutesTest, TheStatusMovesOn) {
  const auto path = "/api/orders/" + place();
  const auto confirmed = as_staff().put(path + "/status", R"({"status":"confirmed"})");
  EXPECT_EQ(confirmed.status, 200);
  EXPECT_EQ(confirmed.text("/message"), "Order confirmed");
  EXPECT_EQ(confirmed.text("/data/order/status"), "confirmed");
  EXPECT_EQ(confirmed.text("/data/order/payment_status"), "paid");
  const auto back = as_staff().put(path + "/status", R"({"status":"pending"})");
  EXPECT_EQ(back.status, 409);
  EXPECT_EQ(back.code(), "invalid_transition");
  for (const auto* bad :
       {"{}", R"({"status":null})", R"({"status":""})", R"({"status":"PENDING"})", R"({"status":1})"})
    EXPECT_THAT(violations(as_staff().put(path + "/status", bad)), ElementsAre("status"));
  EXPECT_EQ(as_owner().put(path + "/status", R"({"status":"processing"})").status, 403);
}

TEST_F(OrderRoutesTest, ACancelNeedsNoBody) {
  const auto path = "/api/orders/" + place() + "/cancel";
  EXPECT_EQ(as_stranger().post(path, "").status, 404);
  const auto cancelled = as_owner().post(path, "not json");
  EXPECT_EQ(cancelled.status, 200);
  EXPECT_EQ(cancelled.text("/data/order/status"), "cancelled");
  EXPECT_EQ(as_owner().post(path, "").code(), "invalid_transition");
}

TEST_F(OrderRoutesTest, TheHistoryIsListed) {
  const auto id = place();
  ASSERT_EQ(as_owner().post("/api/orders/" + id + "/cancel", "").status, 200);
  const auto reply = as_owner().get("/api/orders/" + id + "/events");
  ASSERT_EQ(reply.at("/data/events").as_array().size(), 2U);
  EXPECT_EQ(reply.text("/data/events/0/type"), "order.created");
  EXPECT_EQ(reply.text("/data/events/0/status"), "pending");
  EXPECT_EQ(reply.text("/data/events/1/type"), "order.cancelled");
  EXPECT_EQ(reply.at("/data/events/1/version").as_int64(), 2);
  EXPECT_EQ(reply.text("/data/events/1/order_id"), id);
  EXPECT_TRUE(EventId::parse(reply.text("/data/events/1/event_id")));
}

TEST_F(OrderRoutesTest, OrdersOfOthersAndUnknownOnesAreNotFound) {
  const auto id = place();
  for (const auto& path :
       {"/api/orders/" + id, "/api/orders/" + id + "/events", "/api/orders/user/" + owner.to_string()}) {
    EXPECT_EQ(as_stranger().get(path).status, 404) << path;
    EXPECT_EQ(as_staff().get(path).status, 200) << path;
    EXPECT_EQ(http.as_nobody().get(path).status, 401) << path;
  }
  EXPECT_EQ(as_staff().get("/api/orders/" + unknown_id).status, 404);
  EXPECT_THAT(violations(as_staff().get("/api/orders/not-an-id")), ElementsAre("id"));
  EXPECT_THAT(violations(as_owner().get("/api/orders/user/me")), ElementsAre("userId"));
}

TEST_F(OrderRoutesTest, ListsAreForStaffAndInPages) {
  std::vector<std::string> placed;
  for (int i = 0; i < 5; ++i) placed.insert(placed.begin(), place());
  EXPECT_EQ(as_owner().get("/api/orders").status, 403);
  const auto first = as_staff().get("/api/orders?limit=2");
  EXPECT_THAT(ids_of(first), ElementsAre(placed[0], placed[1]));
  EXPECT_EQ(first.at("/data/pagination"),
            (boost::json::object{{"page", 1}, {"limit", 2}, {"total", 5}, {"pages", 3}}));
  EXPECT_THAT(ids_of(as_staff().get("/api/orders?limit=2&page=3")), ElementsAre(placed[4]));

  const auto cursor = first.text("/data/next_cursor");
  const auto second = as_staff().get("/api/orders?limit=3&cursor=" + cursor);
  EXPECT_THAT(ids_of(second), ElementsAre(placed[2], placed[3], placed[4]));
  EXPECT_TRUE(second.at("/data/next_cursor").is_null());
  EXPECT_TRUE(second.at("/data/pagination/page").is_null());

  ASSERT_EQ(as_owner().post("/api/orders/" + placed[3] + "/cancel", "").status, 200);
  EXPECT_THAT(ids_of(as_staff().get("/api/orders?status=cancelled")), ElementsAre(placed[3]));
  EXPECT_EQ(ids_of(as_owner().get("/api/orders/user/" + owner.to_string())), placed);
  EXPECT_TRUE(ids_of(as_staff().get("/api/orders/user/" + unknown_id)).empty());
}

TEST_F(OrderRoutesTest, BadListParametersAreNamed) {
  place();
  place();
  const auto cursor = as_staff().get("/api/orders?limit=1").text("/data/next_cursor");
  for (const auto& [query, name] :
       std::vector<std::pair<std::string, std::string>>{{"status=paid", "status"},
                                                        {"status=", "status"},
                                                        {"page=0", "page"},
                                                        {"limit=101", "limit"},
                                                        {"cursor=x", "cursor"},
                                                        {"cursor=" + cursor.substr(2), "cursor"},
                                                        {"cursor=" + cursor + "AAAA", "cursor"},
                                                        {"page=2&cursor=" + cursor, "cursor"}})
    EXPECT_THAT(violations(as_staff().get("/api/orders?" + query)), ElementsAre(name)) << query;
}

TEST_F(OrderRoutesTest, TheEventLogIsForServicesOnly) {
  EXPECT_EQ(http.as(Role::admin, clerk).get("/internal/events").status, 403);
  EXPECT_EQ(http.as_nobody().get("/internal/events").status, 401);
  const auto empty = http.as_service().get("/internal/events");
  EXPECT_EQ(empty.at("/data"), (boost::json::object{{"records", boost::json::array{}}, {"end", 0}}));
}

TEST_F(OrderRoutesTest, EventsBeyondAPositionAreCounted) {
  EXPECT_EQ(http.as(Role::admin, clerk).get("/internal/events/count").status, 403);
  for (int i = 0; i < 3; ++i) place();
  EXPECT_EQ(http.as_service().get("/internal/events/count").at("/data"), (boost::json::object{{"count", 3}}));
  EXPECT_EQ(http.as_service().get("/internal/events/count?after=2").at("/data/count"), 1);
  EXPECT_THAT(violations(http.as_service().get("/internal/events/count?after=-1")), ElementsAre("after"));
}

TEST_F(OrderRoutesTest, TheEventLogIsReadFromAPosition) {
  for (int i = 0; i < 3; ++i) place();
  const auto reply = http.as_service().get("/internal/events?after=1&limit=1&wait_ms=5000");
  ASSERT_EQ(reply.at("/data/records").as_array().size(), 1U);
  EXPECT_EQ(reply.at("/data/records/0/position").as_int64(), 2);
  EXPECT_EQ(reply.at("/data/end").as_int64(), 3);
  const auto event = events::parse_order_event(boost::json::serialize(reply.at("/data/records/0/event")));
  EXPECT_EQ(event.value(), state.log[1].event);
  EXPECT_TRUE(http.as_service().get("/internal/events?limit=0").at("/data/records").as_array().empty());
  EXPECT_THAT(violations(http.as_service().get("/internal/events?after=-1&limit=1001&wait_ms=5001")),
              UnorderedElementsAre("after", "limit", "wait_ms"));
}

TEST_F(OrderRoutesTest, ServicesLearnWhatBecameOfOrders) {
  const auto id = place();
  const auto path = "/internal/orders/settle";
  const auto body = fmt::format(R"({{"ids":["{}","{}"]}})", unknown_id, id);
  const auto settled = http.as_service().post(path, body);
  ASSERT_EQ(settled.status, 200) << settled.body;
  EXPECT_EQ(serialize(settled.at("/data/orders")),
            fmt::format(R"([{{"id":"{}","status":null}},{{"id":"{}","status":"pending"}}])", unknown_id, id));
  EXPECT_TRUE(state.closed.contains({{}, OrderId::parse(unknown_id).value()}));
  EXPECT_EQ(state.closed.size(), 1U);
  const auto elsewhere =
      http.as_service().post(path, fmt::format(R"({{"tenant":"other","ids":["{}"]}})", id));
  EXPECT_TRUE(elsewhere.at("/data/orders/0/status").is_null()) << "another shop's order is none";
  for (const auto* bad : {R"({"ids":["x"]})", "{}", R"({"ids":5})", "[]"})
    EXPECT_EQ(http.as_service().post(path, bad).status, 400) << bad;
  EXPECT_EQ(http.as(Role::admin, clerk).post(path, body).status, 403);
  EXPECT_EQ(http.as_nobody().post(path, body).status, 401);
}

TEST_F(OrderRoutesTest, AWaitForNothingEnds) {
  const auto before = clock.monotonic_now();
  EXPECT_EQ(http.as_service().get("/internal/events?wait_ms=30").status, 200);
  EXPECT_GE(clock.monotonic_now() - before, milliseconds{30});
}

}  // namespace
}  // namespace cloudcart::order
