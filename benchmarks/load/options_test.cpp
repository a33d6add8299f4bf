#include "load/options.h"

#include <gtest/gtest.h>

namespace cloudcart::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

CommandLine parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "benchmarks_load");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

void expect_mistake(const std::vector<const char*>& arguments, const std::string& word) {
  const auto parsed = parse(arguments);
  EXPECT_FALSE(parsed.options) << word;
  EXPECT_EQ(parsed.exit_code, 2) << word;
  EXPECT_NE(parsed.text.find(word), std::string::npos) << parsed.text;
  EXPECT_TRUE(parsed.text.starts_with("benchmarks_load: ")) << parsed.text;
}

TEST(OptionsTest, HasDefaults) {
  const auto parsed = parse({"--get", "/health"});
  ASSERT_TRUE(parsed.options) << parsed.text;
  EXPECT_EQ(parsed.options->host, "127.0.0.1");
  EXPECT_EQ(parsed.options->port, "8080");
  EXPECT_EQ(parsed.options->paths, std::vector<std::string>{"/health"});
  EXPECT_EQ(parsed.options->duration, seconds{10});
  EXPECT_EQ(parsed.options->warm_up, seconds{2});
  EXPECT_FALSE(parsed.options->rate);
  EXPECT_FALSE(parsed.options->pid);
  EXPECT_FALSE(parsed.options->keyed);
}

TEST(OptionsTest, TakesAllOfThem) {
  const auto parsed = parse({"--address",      "http://localhost:3003/",
                             "--requests",     "r.json",
                             "--connections",  "256",
                             "--rate",         "1000.5",
                             "--duration",     "2m",
                             "--warm-up",      "0",
                             "--timeout",      "500ms",
                             "--sample-every", "0.25",
                             "--queue",        "7",
                             "--pid",          "99",
                             "--seed",         "5",
                             "--keyed",        "--json"});
  ASSERT_TRUE(parsed.options) << parsed.text;
  const auto& options = *parsed.options;
  EXPECT_EQ(options.host, "localhost");
  EXPECT_EQ(options.port, "3003");
  EXPECT_EQ(options.requests_file, "r.json");
  EXPECT_EQ(options.connections, 256U);
  EXPECT_EQ(options.rate, 1000.5);
  EXPECT_EQ(options.duration, seconds{120});
  EXPECT_EQ(options.warm_up, nanoseconds{0});
  EXPECT_EQ(options.timeout, milliseconds{500});
  EXPECT_EQ(options.sample_every, milliseconds{250});
  EXPECT_EQ(options.queue, 7U);
  EXPECT_EQ(options.pid, 99);
  EXPECT_EQ(options.seed, 5U);
  EXPECT_TRUE(options.keyed);
  EXPECT_TRUE(options.json);
}

TEST(OptionsTest, MistakesExitWithTwoAndNameTheOption) {
  expect_mistake({}, "--get or --requests");
  expect_mistake({"--get", "/", "--requests", "x"}, "--requests");
  expect_mistake({"--get", "/", "--connections", "0"}, "--connections");
  expect_mistake({"--get", "/", "--connections", "many"}, "--connections");
  expect_mistake({"--get", "/", "--rate", "-1"}, "--rate");
  expect_mistake({"--get", "/", "--duration", "0"}, "--duration");
  expect_mistake({"--get", "/", "--duration", "10 days"}, "--duration");
  expect_mistake({"--get", "/", "--duration", "1h", "--sample-every", "1ms"}, "--sample-every");
  expect_mistake({"--get", "/", "--pid", "0"}, "--pid");
  expect_mistake({"--get", "/", "--speed", "1"}, "--speed");
  for (const char* address : {"127.0.0.1:80", "https://a:1", "http://a", "http://a:0", "http://a:70000",
                              "http://a:1/path", "http://:1", "http://a@b:1"})
    expect_mistake({"--get", "/", "--address", address}, "--address");
}

TEST(OptionsTest, HelpIsNoMistake) {
  const auto parsed = parse({"--help"});
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.exit_code, 0);
  for (const char* word : {"--rate", "--keyed", "Examples:", "Exit status"})
    EXPECT_NE(parsed.text.find(word), std::string::npos) << word;
}

TEST(OptionsTest, Durations) {
  EXPECT_EQ(parse_duration("1ms"), milliseconds{1});
  EXPECT_EQ(parse_duration("1.5s"), milliseconds{1500});
  EXPECT_EQ(parse_duration("3"), seconds{3});
  EXPECT_EQ(parse_duration("1h"), seconds{3600});
  EXPECT_EQ(parse_duration("0s", true), nanoseconds{0});
  for (const char* text : {"", "s", "-1s", "0", "1d", "1 s", "nan", "inf", "1e30", "0.1ms", "31000h"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

}  // namespace
}  // namespace cloudcart::load
