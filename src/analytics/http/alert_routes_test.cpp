#include "analytics/http/alert_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/memory/analytics/memory_alert_repository.h"
#include "adapters/memory/analytics/memory_analytics_store.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/http_client.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::id_of;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

class FakeSender final : public WebhookSender {
 public:
  Task<Status> send(WebhookCall call, Deadline) override {
    calls.push_back(std::move(call));
    co_return answer;
  }
  void stop() override {}

  Status answer;
  std::vector<WebhookCall> calls;
};

class AlertRoutesTest : public testing::Test {
 protected:
  test::HttpClient::Session staff() { return client.as(Role::staff, id_of<UserId>(1)); }
  test::HttpClient::Session analyst() { return client.as(Role::analyst, id_of<UserId>(2)); }
  std::string create(std::string body) {
    const auto reply = staff().post("/api/analytics/alerts", std::move(body));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return reply.text("/data/alert/id");
  }
  /// The fields that a 400 names.
  std::vector<std::string> violations(std::string body) {
    const auto reply = staff().post("/api/analytics/alerts", std::move(body));
    EXPECT_EQ(reply.status, 400) << reply.body;
    std::vector<std::string> fields;
    for (const auto& error : reply.at("/errors").as_array()) {
      const std::string text{error.as_string()};
      fields.push_back(text.substr(0, text.find(':')));
    }
    return fields;
  }

  test::FakeClock clock{at("2026-07-15T12:00:00.000Z")};
  SystemIdGenerator ids{clock};
  MemoryAnalyticsStore store;
  MemoryAlertRepository repository{{.rules = 3}};
  test::FakeEventLog log;
  LiveFeed feed{10};
  FakeSender sender;
  AlertApp app{{.alerts = repository,
                .cube = store,
                .log = log,
                .feed = feed,
                .sender = sender,
                .clock = clock,
                .ids = ids}};
  test::HttpClient client{alert_routes(app)};
};

constexpr auto threshold = R"({"name":" No orders ","metric":"orders","window_minutes":60,
    "condition":{"type":"threshold","side":"below","value":1},
    "webhook":{"url":"https://hooks.example.com/secret/path"}})";
constexpr auto change = R"({"name":"Drop","metric":"net_revenue","window_minutes":1440,
    "filters":[{"dimension":"category","values":["Kitchen"]}],
    "condition":{"type":"sudden_change","direction":"down","percent":"33.5","clear_percent":20,
                 "baseline":"week_earlier","minimum_baseline":100.5},
    "cool_down_minutes":0,"enabled":false})";

TEST_F(AlertRoutesTest, AnswersWhatWasCreatedAndTheSecretOnce) {
  const auto made = staff().post("/api/analytics/alerts", threshold);
  ASSERT_EQ(made.status, 201);
  EXPECT_THAT(made.text("/data/webhook_secret"), HasSubstr("whsec_"));
  const auto path = "/api/analytics/alerts/" + made.text("/data/alert/id");
  const auto got = staff().get(path);
  EXPECT_EQ(got.at("/data/alert"), made.at("/data/alert"));
  EXPECT_THAT(got.body,
              HasSubstr(R"("name":"No orders","metric":"orders","filters":[],"window_minutes":60,)"
                        R"("condition":{"type":"threshold","side":"below","value":1,"clear_at":1},)"
                        R"("cool_down_minutes":15,"enabled":true,)"
                        R"("webhook":{"url":"https://hooks.example.com/secret/path"},"status":"ok",)"
                        R"("changed_at":null,"fired_at":null,"incident_id":null,"version":1,)"));
  EXPECT_THAT(got.body, Not(HasSubstr("whsec_")));
  EXPECT_THAT(staff().get("/api/analytics/alerts").body, Not(HasSubstr("whsec_")));
}

TEST_F(AlertRoutesTest, FiguresAreInUnitsOfTheMetric) {
  const auto id = create(change);
  EXPECT_THAT(
      analyst().get("/api/analytics/alerts/" + id).body,
      HasSubstr(R"("filters":[{"dimension":"category","values":["Kitchen"],"exclude":false}],)"
                R"("window_minutes":1440,"condition":{"type":"sudden_change","direction":"down",)"
                R"("percent":33.50,"clear_percent":20.00,"baseline":"week_earlier",)"
                R"("minimum_baseline":100.50},"cool_down_minutes":0,"enabled":false,"webhook":null)"));
}

TEST_F(AlertRoutesTest, AnalystsReadAndSeeNoPathOfAWebhook) {
  const auto path = "/api/analytics/alerts/" + create(threshold);
  EXPECT_EQ(analyst().get(path).text("/data/alert/webhook/url"), "https://hooks.example.com");
  EXPECT_EQ(analyst().get("/api/analytics/alerts").text("/data/alerts/0/webhook/url"),
            "https://hooks.example.com");
  EXPECT_EQ(analyst().post("/api/analytics/alerts", threshold).status, 403);
  EXPECT_EQ(analyst().put(path, threshold).status, 403);
  EXPECT_EQ(analyst().del(path).status, 403);
  EXPECT_EQ(analyst().post(path + "/test", "").status, 403);
  EXPECT_EQ(analyst().get("/api/analytics/alert-events").status, 200);
  EXPECT_EQ(client.as_nobody().get("/api/analytics/alerts").status, 401);
}

TEST_F(AlertRoutesTest, EveryViolationIsNamed) {
  EXPECT_THAT(violations("{}"), UnorderedElementsAre("name", "metric", "window_minutes", "condition"));
  EXPECT_THAT(violations("[]"), UnorderedElementsAre("body"));
  EXPECT_THAT(
      violations(R"({"name":"","metric":"profit","window_minutes":0,"condition":7,"cool_down_minutes":-1,
                            "enabled":"yes","webhook":{"url":"ftp://a","secret":"short"},"filters":[{}],
                            "version":0})"),
      UnorderedElementsAre("name", "metric", "window_minutes", "condition", "cool_down_minutes", "enabled",
                           "webhook.url", "webhook.secret", "filters[0].dimension", "filters[0].values",
                           "version"));
  const auto of_condition = [&](std::string metric, std::string condition) {
    return violations(R"({"name":"a","window_minutes":5,"metric":")" + metric + R"(","condition":)" +
                      condition + "}");
  };
  EXPECT_THAT(of_condition("orders", "{}"), UnorderedElementsAre("condition.type"));
  EXPECT_THAT(of_condition("orders", R"({"type":"magic"})"), UnorderedElementsAre("condition.type"));
  EXPECT_THAT(of_condition("orders", R"({"type":"threshold"})"),
              UnorderedElementsAre("condition.side", "condition.value"));
  EXPECT_THAT(of_condition("orders", R"({"type":"threshold","side":"beside","value":1.5})"),
              UnorderedElementsAre("condition.side", "condition.value"));
  EXPECT_THAT(
      of_condition("net_revenue", R"({"type":"threshold","side":"above","value":1.555,"clear_at":"x"})"),
      UnorderedElementsAre("condition.value", "condition.clear_at"));
  EXPECT_THAT(of_condition("orders", R"({"type":"threshold","side":"above","value":1,"clear_at":2})"),
              UnorderedElementsAre("condition.clear_at"));
  EXPECT_THAT(of_condition("orders", R"({"type":"threshold","side":"below","value":1,"clear_at":0})"),
              UnorderedElementsAre("condition.clear_at"));
  EXPECT_THAT(of_condition("orders", R"({"type":"sudden_change"})"),
              UnorderedElementsAre("condition.direction", "condition.percent", "condition.minimum_baseline"));
  EXPECT_THAT(of_condition("orders", R"({"type":"sudden_change","direction":1,"percent":0,"baseline":"never",
                                        "minimum_baseline":0})"),
              UnorderedElementsAre("condition.direction", "condition.percent", "condition.baseline",
                                   "condition.minimum_baseline"));
  EXPECT_THAT(
      of_condition("orders", R"({"type":"sudden_change","direction":"up","percent":10,"clear_percent":11,
                                        "minimum_baseline":1})"),
      UnorderedElementsAre("condition.clear_percent"));
}

TEST_F(AlertRoutesTest, AnEditTakesTheRulesPlace) {
  const auto path = "/api/analytics/alerts/" + create(threshold);
  const auto edited = staff().put(path, change);
  ASSERT_EQ(edited.status, 200) << edited.body;
  EXPECT_EQ(edited.text("/data/alert/name"), "Drop");
  EXPECT_EQ(edited.at("/data/alert/version").as_int64(), 2);
  EXPECT_TRUE(edited.at("/data/alert/webhook").is_null());
  std::string stale{change};
  stale.insert(1, R"("version":1,)");
  EXPECT_EQ(staff().put(path, stale).status, 409);
  EXPECT_EQ(staff().del(path).status, 200);
  EXPECT_EQ(staff().get(path).status, 404);
  EXPECT_EQ(staff().put(path, change).status, 404);
  EXPECT_EQ(staff().del(path).status, 404);
  EXPECT_EQ(staff().get("/api/analytics/alerts/7").status, 400);
}

TEST_F(AlertRoutesTest, ThereIsABoundOfAlerts) {
  for (int i = 0; i < 3; ++i) create(change);
  const auto refused = staff().post("/api/analytics/alerts", change);
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("There are 3 alerts already"));
}

TEST_F(AlertRoutesTest, ATestAnswersWhatCameOfIt) {
  const auto path = "/api/analytics/alerts/" + create(threshold) + "/test";
  EXPECT_THAT(staff().post(path, "").body, HasSubstr(R"("data":{"delivered":true,"error":null})"));
  sender.answer = fail(ErrorCode::unavailable, "answered 500");
  EXPECT_THAT(staff().post(path, "").body, HasSubstr(R"("data":{"delivered":false,"error":"answered 500"})"));
  sender.answer = fail(ErrorCode::forbidden, "a is at an address that may not be reached");
  EXPECT_EQ(staff().post(path, "").status, 200);
  EXPECT_EQ(staff().post("/api/analytics/alerts/" + create(change) + "/test", "").status, 409);
  const auto unknown = "/api/analytics/alerts/" + id_of<AlertId>(9).to_string() + "/test";
  EXPECT_EQ(staff().post(unknown, "").status, 404);
}

TEST_F(AlertRoutesTest, EventsComeNewestFirstWithTheirDelivery) {
  const auto id = create(threshold), other = create(change);
  EXPECT_EQ(sync_wait(app.check(Deadline::max())).value(), 1u);
  const auto reply = analyst().get("/api/analytics/alert-events?limit=5");
  ASSERT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/events/0/alert_id"), id);
  EXPECT_EQ(reply.text("/data/events/0/type"), "alert.fired");
  EXPECT_THAT(reply.body, HasSubstr(R"("metric":"orders","unit":"count","value":0,"baseline":null,)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("delivery":{"status":"pending","attempts":0,"last_attempt_at":null,)"
                                    R"("next_attempt_at":"2026-07-15T12:00:00.000Z","last_error":null})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("pagination":{"page":1,"limit":5,"total":1,"pages":1})"));
  EXPECT_EQ(analyst().get("/api/analytics/alerts/" + id).text("/data/alert/status"), "firing");
  EXPECT_TRUE(
      analyst().get("/api/analytics/alert-events?alert_id=" + other).at("/data/events").as_array().empty());
  EXPECT_EQ(
      analyst().get("/api/analytics/alert-events?alert_id=x&limit=0&page=0").at("/errors").as_array().size(),
      3u);
}

}  // namespace
}  // namespace cloudcart::analytics
