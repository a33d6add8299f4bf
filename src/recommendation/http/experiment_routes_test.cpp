#include "recommendation/http/experiment_routes.h"

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_experiments.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/http_client.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto valid = R"({"name":" Blend ","placement":"next","variants":[
    {"name":"now","algorithm":"popular","is_control":true},{"name":"new","algorithm":"blend","weight":3}],
    "ends_at":"2026-02-01T00:00:00+01:00","attribution_days":3,"metric":"revenue_per_customer",
    "expected_lift_percent":"2.5","guardrails":[{"metric":"conversion","max_drop_percent":1.25,"stops_experiment":true}]})";

class ExperimentRoutesTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  MemoryExperiments store{{.experiments = 3}};
  test::FakeEventLog log;
  ExperimentApp app{{.experiments = store, .ledger = store, .log = log, .clock = clock, .ids = ids}};
  test::HttpClient client{experiment_routes(app), clock};

  test::HttpClient::Session staff() { return client.as(Role::staff, test::user(100)); }
  std::string create(std::string body = valid) {
    const auto reply = staff().post("/api/ai/experiments", std::move(body));
    EXPECT_EQ(reply.status, 201) << reply.body;
    return "/api/ai/experiments/" + reply.text("/data/experiment/id");
  }
  /// The fields that a 400 names.
  std::vector<std::string> violations(const std::string& path, std::string body) {
    const auto reply = staff().post(path, std::move(body));
    EXPECT_EQ(reply.status, 400) << reply.body;
    std::vector<std::string> fields;
    for (const auto& error : reply.at("/errors").as_array()) {
      const std::string text{error.as_string()};
      fields.push_back(text.substr(0, text.find(':')));
    }
    return fields;
  }
  std::string impression_for(std::uint32_t user) {
    const std::vector shown{test::product(1), test::product(2)};
    return app.choice.choose({}, TaskKind::next_order, Subject::customer(test::user(user)), clock.now())
        ->impression(std::span{shown});
  }
};

TEST_F(ExperimentRoutesTest, ADraftSaysWhatWasAskedForAndKeepsItsKeys) {
  const auto path = create();
  const auto reply = client.as(Role::analyst, test::user(3)).get(path);
  EXPECT_EQ(reply.status, 200);
  const auto id = reply.text("/data/experiment/id");
  EXPECT_EQ(
      reply.body,
      R"({"success":true,"data":{"experiment":{"id":")" + id +
          R"(","name":"Blend","placement":"next","kind":"ab","status":"draft","variants":[{"name":"now","algorithm":"popular",)"
          R"("weight":1,"is_control":true},{"name":"new","algorithm":"blend","weight":3,"is_control":false}],"starts_at":null,)"
          R"("ends_at":"2026-01-31T23:00:00.000Z","attribution_days":3,"metric":"revenue_per_customer",)"
          R"("expected_lift_percent":2.50,"negligible_lift_percent":2.00,"guardrails":[{"metric":"conversion",)"
          R"("max_drop_percent":1.25,"stops_experiment":true}],"created_at":"2026-01-15T12:00:00.000Z",)"
          R"("started_at":null,"stopped_at":null,"stop_reason":null}}})");
}

TEST_F(ExperimentRoutesTest, LivesFromDraftToStop) {
  const auto path = create(), other = create();
  EXPECT_EQ(staff().post(path + "/stop", "").status, 409);
  EXPECT_EQ(staff().post(path + "/start", "").text("/data/experiment/status"), "running");
  const auto taken = staff().post(other + "/start", "");
  EXPECT_EQ(taken.status, 409);
  EXPECT_THAT(taken.text("/message"), HasSubstr("'Blend' runs on this placement"));
  EXPECT_EQ(staff().del(path).status, 409);
  const auto stopped = staff().post(path + "/stop", "");
  EXPECT_EQ(stopped.text("/data/experiment/status"), "stopped");
  EXPECT_EQ(stopped.text("/data/experiment/stop_reason"), "staff");
  EXPECT_EQ(staff().post(path + "/start", "").status, 409);
  EXPECT_EQ(staff().del(other).status, 200);
  EXPECT_EQ(staff().get(other).status, 404);
  EXPECT_EQ(staff().get("/api/ai/experiments").at("/data/experiments").as_array().size(), 1u);
  create();
  create();
  EXPECT_EQ(staff().post("/api/ai/experiments", valid).status, 409);
}

TEST_F(ExperimentRoutesTest, EveryViolationIsNamed) {
  const std::string path = "/api/ai/experiments";
  EXPECT_THAT(violations(path, "[]"), ElementsAre("body"));
  EXPECT_THAT(violations(path, "{}"), ElementsAre("name", "placement", "variants"));
  EXPECT_THAT(
      violations(path,
                 R"({"name":"","placement":"front","kind":"abc","variants":[{"name":"a","algorithm":"magic",
          "weight":0},{"name":"b","algorithm":"blend"}],"starts_at":"noon","attribution_days":91,"metric":"fame",
          "expected_lift_percent":0,"guardrails":[{"metric":"conversion","max_drop_percent":100}]})"),
      ElementsAre("name", "placement", "kind", "variants[0].algorithm", "variants[0].weight", "starts_at",
                  "attribution_days", "metric", "expected_lift_percent", "guardrails[0].max_drop_percent"));
  // How the parts go together is looked at once each is right.
  EXPECT_THAT(
      violations(path, R"({"name":"x","placement":"also","variants":[{"name":"a","algorithm":"discovery"},
          {"name":"a","algorithm":"blend"}]})"),
      ElementsAre("variants", "variants[0].algorithm", "variants[1].name"));
}

TEST_F(ExperimentRoutesTest, FeedbackFromAnyoneComesToTheReport) {
  const auto path = create();
  staff().post(path + "/start", "");
  const auto impression = impression_for(1);
  const auto body = R"({"events":[{"type":"impression","impression":")" + impression +
                    R"("},{"type":"click","impression":")" + impression + R"(","product_id":")" +
                    test::product(2).to_string() + R"("}]})";
  EXPECT_EQ(client.as_nobody().post("/api/ai/feedback", body).body,
            R"({"success":true,"data":{"counted":2,"outcomes":["counted","counted"]}})");
  EXPECT_EQ(client.as(Role::customer, test::user(1)).post("/api/ai/feedback", body).body,
            R"({"success":true,"data":{"counted":0,"outcomes":["repeated","repeated"]}})");
  const auto report = client.as(Role::analyst, test::user(3)).get(path + "/report");
  EXPECT_EQ(report.status, 200);
  EXPECT_THAT(report.body, Not(HasSubstr("key")));
  EXPECT_EQ(report.text("/data/verdict"), "undecided");
  EXPECT_TRUE(report.at("/data/winner").is_null());
  EXPECT_TRUE(report.at("/data/interleaving").is_null());
  std::int64_t subjects = 0, clicks = 0;
  for (const auto& variant : report.at("/data/variants").as_array()) {
    subjects += variant.at("subjects").to_number<std::int64_t>();
    clicks += variant.at("clicks").to_number<std::int64_t>();
  }
  EXPECT_EQ(subjects, 1);
  EXPECT_EQ(clicks, 1);
}

TEST_F(ExperimentRoutesTest, TheReportHasTheFiguresOfEachVariant) {
  const auto path = create();
  staff().post(path + "/start", "");
  const auto id = ExperimentId::parse(staff().get(path).text("/data/experiment/id")).value();
  std::vector<events::LogRecord> records;
  for (std::uint32_t user = 1; user <= 600; ++user) {
    const Impression impression{.experiment = id,
                                .subject = Subject::customer(test::user(user)),
                                .variant = user % 4 == 0 ? 0u : 1u,
                                .answered_at = clock.now(),
                                .nonce = user};
    sync_wait(store.record({}, {{impression, {}}}, clock.now(), Deadline::max())).value();
    if (user % 8 != 0 && user % 2 == 0) continue;
    auto order = test::bought(user, user, {{1}});
    order.timestamp = clock.now();
    order.total = Money{1050};
    records.push_back({user, order});
  }
  sync_wait(store.apply(records, Deadline::max())).value();
  const auto report = staff().get(path + "/report");
  EXPECT_EQ(report.at("/data/variants/0/customers"), 150);
  EXPECT_EQ(report.at("/data/variants/0/conversion").as_double(), 0.5);
  EXPECT_EQ(report.at("/data/variants/0/revenue").as_double(), 787.5);
  EXPECT_EQ(report.at("/data/variants/0/revenue_per_customer").as_double(), 5.25);
  EXPECT_TRUE(report.at("/data/variants/0/verdict").is_null());
  EXPECT_TRUE(report.at("/data/variants/0/adjusted_p_value").is_null());
  EXPECT_EQ(report.at("/data/variants/1/comparisons/1/metric"), "revenue_per_customer");
  EXPECT_EQ(report.at("/data/variants/1/comparisons/1/control_value").as_double(), 5.25);
  EXPECT_NEAR(report.at("/data/variants/1/comparisons/0/lift").as_double(), 1.0 / 3, 1e-12);
  EXPECT_EQ(report.at("/data/variants/1/guardrails/0/is_broken"), false);
  EXPECT_EQ(report.at("/data/sample_ratio/is_wrong"), false);
}

TEST_F(ExperimentRoutesTest, AnInterleavingReportsTeams) {
  const auto path = create(R"({"name":"Mixed","placement":"next","kind":"interleaving","variants":[
      {"name":"a","algorithm":"popular","is_control":true},{"name":"b","algorithm":"blend"}]})");
  staff().post(path + "/start", "");
  const auto chosen =
      app.choice.choose({}, TaskKind::next_order, Subject::visitor(test::user(1).value), clock.now());
  ASSERT_EQ(chosen->second(), Algorithm::blend);
  const std::vector first{test::product(1), test::product(3)}, second{test::product(2), test::product(4)};
  const auto impression = chosen->impression(chosen->interleave(first, second, 2));
  client.as_nobody().post("/api/ai/feedback", R"({"events":[{"type":"click","impression":")" + impression +
                                                  R"(","product_id":")" + test::product(2).to_string() +
                                                  R"("}]})");
  const auto report = staff().get(path + "/report");
  EXPECT_EQ(report.at("/data/interleaving/teams/1/variant"), "b");
  EXPECT_EQ(report.at("/data/interleaving/teams/1/clicks"), 1);
  EXPECT_EQ(report.at("/data/interleaving/teams/1/preferred_by_click"), 1);
  EXPECT_EQ(report.at("/data/interleaving/teams/0/clicks"), 0);
  EXPECT_EQ(report.at("/data/interleaving/by_click/second_share").to_number<double>(), 1);
  EXPECT_EQ(report.at("/data/interleaving/subjects"), 1);
  EXPECT_EQ(report.text("/data/variants/1/verdict"), "undecided");
}

TEST_F(ExperimentRoutesTest, FeedbackIsBoundedAndUnderstoodOrRefused) {
  const std::string path = "/api/ai/feedback";
  EXPECT_THAT(violations(path, R"({"events":[]})"), ElementsAre("events"));
  EXPECT_THAT(
      violations(path,
                 R"({"events":[{"type":"view","impression":"x"},{"type":"click","impression":"x"},5]})"),
      ElementsAre("events[0].type", "events[1].product_id", "events[2]"));
  std::string many = R"({"events":[)";
  for (int i = 0; i <= 100; ++i)
    many += std::string(i ? "," : "") + R"({"type":"impression","impression":"x"})";
  EXPECT_THAT(violations(path, many + "]}"), ElementsAre("events"));
  EXPECT_THAT(violations(path, R"({"events":[{"type":"impression","impression":")" + std::string(641, 'A') +
                                   R"("}]})"),
              ElementsAre("events[0].impression"));
  EXPECT_THAT(violations(path, R"({"events":[{"type":"impression","impression":"AAAA"}]})"),
              ElementsAre("events[0].impression"));
}

TEST_F(ExperimentRoutesTest, AnIpv6NetworkSendsFeedbackAsOneAddress) {
  ExperimentApp strict{{.experiments = store,
                        .ledger = store,
                        .log = log,
                        .clock = clock,
                        .ids = ids,
                        .options = {.limits = {.address = {1, 1}, .shop = {100, 100}}}}};
  test::HttpClient sender{experiment_routes(strict), clock};
  ASSERT_EQ(staff().post(create() + "/start", "").status, 200);
  const auto body = R"({"events":[{"type":"impression","impression":")" + impression_for(1) + R"("}]})";
  const auto status_from = [&](std::string address) {
    sender.set_address(std::move(address));
    return sender.as_nobody().post("/api/ai/feedback", body).status;
  };
  EXPECT_EQ(status_from("2001:db8:1:2::1"), 200);
  EXPECT_EQ(status_from("2001:db8:1:2::2"), 429);
  EXPECT_EQ(status_from("2001:db8:1:3::1"), 200);
}

TEST_F(ExperimentRoutesTest, EachRouteIsForThoseItIsFor) {
  const auto path = create();
  const auto customer = [&] { return client.as(Role::customer, test::user(1)); };
  const auto analyst = [&] { return client.as(Role::analyst, test::user(3)); };
  for (const auto& target : {std::string{"/api/ai/experiments"}, path, path + "/report"}) {
    EXPECT_EQ(client.as_nobody().get(target).status, 401);
    EXPECT_EQ(customer().get(target).status, 403);
    EXPECT_EQ(analyst().get(target).status, 200);
  }
  for (const auto& target : {std::string{"/api/ai/experiments"}, path + "/start", path + "/stop"}) {
    EXPECT_EQ(client.as_nobody().post(target, valid).status, 401);
    EXPECT_EQ(analyst().post(target, valid).status, 403);
  }
  EXPECT_EQ(analyst().del(path).status, 403);
  EXPECT_EQ(staff().get("/api/ai/experiments/nonsense").status, 400);
  for (const auto* rest : {"", "/report"})
    EXPECT_EQ(staff().get("/api/ai/experiments/" + test::product(9).to_string() + rest).status, 404);
}

}  // namespace
}  // namespace cloudcart::recommendation
