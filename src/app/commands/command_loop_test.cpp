#include "app/commands/command_loop.h"

#include <gtest/gtest.h>

#include "http/beast/client.h"
#include "http/server.h"

namespace cloudcart::app {
namespace {

TEST(CommandLoopTest, AClientIsUsedAgainAndGoesBeforeItsLoop) {
  CommandLoop serving;
  http::Server server(
      {}, {&serving.loop()},
      [](http::Request) -> Task<http::Response> { co_return http::Response{.body = "yes"}; },
      [](const Error&) { return http::Response{.status = 400}; });
  server.start();
  {
    CommandLoop loop;
    http::BeastClient client({.base_url = "http://127.0.0.1:" + std::to_string(server.port())});
    for (int i = 0; i < 3; ++i) {
      const auto answer = loop.run<Result<http::Response>>(
          [&] { return client.send({.target = "/"}, std::chrono::steady_clock::now() + seconds{5}); });
      ASSERT_TRUE(answer);
      EXPECT_EQ(answer->body, "yes");
    }
  }
  server.drain(seconds{1});
}

}  // namespace
}  // namespace cloudcart::app
