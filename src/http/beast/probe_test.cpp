#include "http/beast/probe.h"

#include <gtest/gtest.h>

#include "http/problem.h"
#include "http/server.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"

namespace cloudcart::http {
namespace {

class ProbeTest : public testing::Test {
 protected:
  ProbeTest() {
    loop.start();
    server.start();
  }
  ~ProbeTest() override {
    release.notify_all();
    server.drain(seconds{2});
    loop.stop();
  }

  Task<Response> answer(Request request) {
    if (request.target == "/hang") co_await release.wait(0, MonotonicTime::max());
    co_return json_response(request.target == "/not-ready" ? 503 : 200, std::string(200'000, 'x'));
  }
  WebUrl url(std::string target) const {
    return {.host = "127.0.0.1", .port = server.port(), .target = std::move(target)};
  }

  EventLoop loop{"server"};
  Notifier release;
  Server server{{.address = "127.0.0.1", .port = 0},
                {&loop},
                [this](Request request) { return answer(std::move(request)); },
                [](const Error& error) { return problem_response(error, ""); }};
};

constexpr milliseconds generous = seconds{30};

TEST_F(ProbeTest, AnswersTheStatusWhateverItIs) {
  EXPECT_EQ(probe(url("/ready"), generous).value(), 200);
  EXPECT_EQ(probe(url("/not-ready"), generous).value(), 503);
}

TEST_F(ProbeTest, WaitsNoLongerThanItMay) {
  const auto hanging = probe(url("/hang"), milliseconds{50});
  ASSERT_FALSE(hanging);
  EXPECT_EQ(hanging.error().message, "no answer in time");
}

TEST_F(ProbeTest, SaysWhyThereIsNoAnswer) {
  auto nobody = url("/ready");
  nobody.port = 1;
  EXPECT_EQ(probe(nobody, generous).error().message, "no connection (Connection refused)");
  auto by_tls = url("/ready");
  by_tls.tls = true;
  EXPECT_TRUE(probe(by_tls, generous).error().message.starts_with("no TLS connection ("))
      << "it speaks plainly";
  auto unknown = url("/ready");
  unknown.host = "no-such-host.invalid";
  EXPECT_TRUE(
      probe(unknown, generous).error().message.starts_with("no-such-host.invalid cannot be resolved"));
}

}  // namespace
}  // namespace cloudcart::http
