#include <gtest/gtest.h>

#include "app/operations/operations_routes.h"
#include "support/http_client.h"

namespace cloudcart::app {
namespace {

class OperationsTest : public testing::Test {
 protected:
  std::vector<http::Route> routes() {
    return operations_routes({.service = "order",
                              .started_at = clock.monotonic_now(),
                              .dependencies = {{"database", [this] { return database_well; }}},
                              .services = {},
                              .ready = [this] { return ready; }},
                             clock, metrics);
  }
  SystemClock clock;
  Metrics metrics;
  bool ready = true, database_well = true;
  test::HttpClient client{routes()};
};

TEST_F(OperationsTest, HealthNamesWhatIsNotWell) {
  EXPECT_EQ(client.as_nobody().get("/health").text("/data/status"), "ok");
  database_well = false;
  const auto reply = client.as_nobody().get("/health");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/status"), "degraded");
  EXPECT_EQ(reply.text("/data/dependencies/database/status"), "down");
}

TEST_F(OperationsTest, NotReadyIs503) {
  EXPECT_EQ(client.as_nobody().get("/ready").status, 200);
  ready = false;
  EXPECT_EQ(client.as_nobody().get("/ready").status, 503);
}

TEST_F(OperationsTest, MetricsAreInTextFormat) {
  metrics.counter("test_total", "A test.", {{"a", "b"}}).add(2);
  metrics.gauge("test_gauge", "A test.", {}, [] { return 7.0; });
  const auto text = client.as_nobody().get("/metrics").body;
  EXPECT_NE(text.find("test_total{a=\"b\"} 2"), std::string::npos);
  EXPECT_NE(text.find("test_gauge 7"), std::string::npos);
}

}  // namespace
}  // namespace cloudcart::app
