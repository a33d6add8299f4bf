#include "app/operations/logging.h"

#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "runtime/log_fields.h"

namespace cloudcart::app {
namespace {

/// The process's log goes into a text while this is there.
class LoggingTest : public testing::Test {
 protected:
  LoggingTest() : before_(spdlog::default_logger()) {
    use(json_formatter({.service = "cloudcart-order", .host = "node-1", .version = "1.2", .process = 42}));
  }
  ~LoggingTest() override { spdlog::set_default_logger(before_); }

  void use(std::unique_ptr<spdlog::formatter> formatter) {
    auto logger =
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(out_));
    logger->set_formatter(std::move(formatter));
    spdlog::set_default_logger(std::move(logger));
  }
  /// What was logged since, which is one line.
  std::string line() {
    auto text = out_.str();
    out_.str("");
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    text.pop_back();
    return text;
  }
  boost::json::object object() { return boost::json::parse(line()).as_object(); }

 private:
  std::shared_ptr<spdlog::logger> before_;
  std::ostringstream out_;
};

TEST_F(LoggingTest, ALineHasTheFieldsOfTheSchema) {
  spdlog::warn("the disk is full");
  const auto text = line();
  EXPECT_TRUE(text.starts_with(R"({"@timestamp":"20)")) << text;
  EXPECT_NE(text.find(R"(Z","log.level":"warning","message":"the disk is full",)"), std::string::npos)
      << text;
  const auto fields = boost::json::parse(text).as_object();
  EXPECT_EQ(fields.at("ecs.version"), "8.11.0");
  EXPECT_EQ(fields.at("service.name"), "cloudcart-order");
  EXPECT_EQ(fields.at("service.version"), "1.2");
  EXPECT_EQ(fields.at("event.dataset"), "cloudcart.log");
  EXPECT_EQ(fields.at("host.name"), "node-1");
  EXPECT_EQ(fields.at("process.pid"), 42);
  EXPECT_FALSE(fields.at("process.thread.name").as_string().empty());
}

TEST_F(LoggingTest, FieldsJoinThoseOfTheLineOnceEach) {
  JsonWriter fields;
  fields.begin_object().field("service.name", "cloudcart-gateway").field("event.dataset", "cloudcart.access");
  fields.field("http.response.status_code", 200).end_object();
  log_fields("GET /api/orders 200", fields);
  const auto text = line();
  const auto read = boost::json::parse(text).as_object();
  EXPECT_EQ(read.at("message"), "GET /api/orders 200");
  EXPECT_EQ(read.at("service.name"), "cloudcart-gateway");
  EXPECT_EQ(read.at("http.response.status_code"), 200);
  EXPECT_EQ(text.find("service.name"), text.rfind("service.name"));
  EXPECT_EQ(text.find("event.dataset"), text.rfind("event.dataset"));
}

TEST_F(LoggingTest, WhatAMessageHoldsStaysWithinIt) {
  for (const std::string& hostile :
       {std::string{"a\nb"}, std::string{"\r\n{\"log.level\":\"error\"}"},
        std::string{"{\"message\":\"forged\"}"}, std::string{"{"}, std::string{"\"},{\""},
        std::string{"\0\x01\x1B[31m\x7F", 8}, std::string{"\xFF\xC3("}, std::string{"\xE2\x80\xA8"},
        std::string(100'000, '"')}) {
    spdlog::error("{}", hostile);
    const auto plain = object();
    EXPECT_EQ(plain.at("log.level"), "error");
    JsonWriter fields;
    fields.begin_object().field("url.path", hostile).end_object();
    log_fields(hostile, fields);
    const auto with_fields = object();
    EXPECT_EQ(with_fields.at("log.level"), "info");
    EXPECT_EQ(with_fields.at("message"), plain.at("message"));
    EXPECT_EQ(with_fields.at("url.path"), plain.at("message"));
  }
}

TEST_F(LoggingTest, PeopleSeeTheMessageWithoutFields) {
  use(text_formatter());
  JsonWriter fields;
  fields.begin_object().field("url.path", "/api/orders").end_object();
  log_fields("GET /api/orders 200", fields);
  auto text = line();
  EXPECT_TRUE(text.ends_with(" info    GET /api/orders 200")) << text;
  spdlog::warn("the disk is full");
  text = line();
  EXPECT_TRUE(text.ends_with(" warning the disk is full")) << text;
}

TEST_F(LoggingTest, FieldsAreOfTheLevelInfo) {
  spdlog::default_logger()->set_level(spdlog::level::warn);
  JsonWriter fields;
  fields.begin_object().end_object();
  log_fields("not to be seen", fields);
  spdlog::warn("to be seen");
  EXPECT_EQ(object().at("message"), "to be seen");
}

}  // namespace
}  // namespace cloudcart::app
