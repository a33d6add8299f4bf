#include "gateway/web_socket_relay.h"

#include <gtest/gtest.h>

#include "http/web_socket_frames.h"
#include "support/fake_connection.h"

namespace cloudcart::gateway {
namespace {

using namespace std::chrono_literals;
using http::frame_of;
using http::Opcode;

/// Both ways between the client and a connection that the test plays the service on.
class FakeTunnel final : public http::Upgrade {
 public:
  Task<void> run(std::shared_ptr<http::UpgradedConnection> client) override {
    client_ = std::move(client);
    start(inward(), [](auto) {});
    while (auto bytes = co_await client_->read())
      if (!co_await service->write(*std::move(bytes))) break;
    service->close();
  }
  void end(End) override { service->close(); }
  void service_sends(std::string_view bytes) { from_service->arrives(bytes); }

  std::shared_ptr<test::FakeConnection> service = std::make_shared<test::FakeConnection>();
  std::shared_ptr<test::FakeConnection> from_service = std::make_shared<test::FakeConnection>();

 private:
  Task<void> inward() {
    while (auto bytes = co_await from_service->read())
      if (!co_await client_->write(*std::move(bytes))) break;
    client_->close();
  }
  std::shared_ptr<http::UpgradedConnection> client_;
};

class WebSocketRelayTest : public testing::Test {
 protected:
  WebSocketRelayTest() {
    start(relay.run(client), [this](auto) { over = true; });
  }
  ~WebSocketRelayTest() override {
    client->close();
    tunnel->from_service->close();
    pass(2s);
  }
  void pass(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }

  const std::string goodbye =
      http::close_frame_of({http::CloseCode::going_away, "The server is about to stop."});
  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  std::shared_ptr<test::FakeConnection> client = std::make_shared<test::FakeConnection>();
  std::shared_ptr<FakeTunnel> tunnel = std::make_shared<FakeTunnel>();
  WebSocketRelay relay{tunnel};
  bool over = false;
};

TEST_F(WebSocketRelayTest, PassesEverythingOn) {
  client->arrives("to the service");
  tunnel->service_sends("to the client");
  pass(1ms);
  EXPECT_EQ(tunnel->service->sent, "to the service");
  EXPECT_EQ(client->sent, "to the client");
  relay.end(http::Upgrade::End::session_is_over);
  pass(5s);
  EXPECT_FALSE(over) << "the service says goodbye then";
}

TEST_F(WebSocketRelayTest, SaysGoodbyeAtOnceBetweenTwoFrames) {
  tunnel->service_sends(frame_of(Opcode::text, "news"));
  pass(1ms);
  relay.end(http::Upgrade::End::draining);
  tunnel->service_sends(frame_of(Opcode::text, "too late"));
  pass(1ms);
  EXPECT_EQ(client->sent, frame_of(Opcode::text, "news") + goodbye);
  client->arrives("whatever");
  pass(2s);
  EXPECT_TRUE(over && client->closed());
}

TEST_F(WebSocketRelayTest, LetsAFrameEndFirst) {
  const auto frame = frame_of(Opcode::text, std::string(1000, 'x'));
  tunnel->service_sends(frame.substr(0, 500));
  pass(1ms);
  relay.end(http::Upgrade::End::draining);
  pass(1ms);
  EXPECT_EQ(client->sent, frame.substr(0, 500));
  tunnel->service_sends(frame.substr(500));
  pass(1ms);
  EXPECT_EQ(client->sent, frame + goodbye);
}

TEST_F(WebSocketRelayTest, AFrameThatDoesNotEndIsNotWaitedForLong) {
  tunnel->service_sends(frame_of(Opcode::text, "news").substr(0, 3));
  pass(1ms);
  relay.end(http::Upgrade::End::draining);
  pass(2s);
  EXPECT_TRUE(over);
}

}  // namespace
}  // namespace cloudcart::gateway
