#include "http/web_socket_session.h"

#include <gtest/gtest.h>

#include "http/guarded_upgrade.h"
#include "support/fake_connection.h"

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using test::client_frame;
using test::client_text;

/// Says what it is told to say, and answers each message with "heard <it>".
class Parrot final : public Conversation {
 public:
  Task<void> receive(std::string message) override {
    if (message == "bye") {
      closing_ = Closing{CloseCode::normal, "So be it."};
    } else if (message == "break") {
      broken_ = true;
    } else {
      say("heard " + message);
    }
    changed_.notify_all();
    co_return;
  }
  Task<std::expected<Messages, Closing>> next() override {
    ++asked;
    for (;;) {
      const auto ticket = changed_.ticket();
      if (broken_) throw std::runtime_error("told to break");
      if (!to_say_.empty()) co_return std::exchange(to_say_, {});
      if (closing_) co_return std::unexpected(*closing_);
      co_await changed_.wait(ticket, MonotonicTime::max());
    }
  }
  void cancel() override {
    if (!closing_) closing_ = Closing{};
    changed_.notify_all();
  }
  void say(std::string message) {
    to_say_.push_back(std::move(message));
    changed_.notify_all();
  }

  int asked = 0;

 private:
  Messages to_say_;
  std::optional<Closing> closing_;
  bool broken_ = false;
  Notifier changed_;
};

/// Takes every token until told otherwise.
class Doorman final : public Authenticator {
 public:
  Result<Identity> authenticate(std::string_view) const override {
    if (is_open) return Identity{};
    return fail(ErrorCode::unauthenticated, "no");
  }
  bool is_open = true;
};

/// Runs on virtual time.
class WebSocketSessionTest : public testing::Test {
 protected:
  WebSocketSessionTest() {
    start(upgrade->run(connection), [this](auto) { over = true; });
  }
  ~WebSocketSessionTest() override {
    connection->close();
    run_for(60s);
    EXPECT_TRUE(over);
  }

  void run_for(MonotonicTime::duration time) {
    bool passed = false;
    executor.post_at(executor.now() + time, [&] { passed = true; });
    executor.run_until([&] { return passed; });
  }
  /// What the server sent in answer to these bytes.
  std::string answer(std::string_view bytes) {
    connection->sent.clear();
    connection->arrives(bytes);
    run_for(1ms);
    return connection->sent;
  }
  static std::string close_frame(CloseCode code, std::string_view reason) {
    return close_frame_of({code, std::string{reason}});
  }
  void expect_goodbye(std::string_view bytes, CloseCode code) {
    const auto sent = answer(bytes);
    ASSERT_GE(sent.size(), 4u);
    EXPECT_EQ(static_cast<std::uint8_t>(sent[0]), 0x88);
    EXPECT_EQ(parse_close(std::string_view{sent}.substr(2)).value().code, code);
    run_for(2s);
    EXPECT_TRUE(over && connection->closed()) << "whatever the client does";
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  std::shared_ptr<test::FakeConnection> connection = std::make_shared<test::FakeConnection>();
  std::shared_ptr<Parrot> parrot = std::make_shared<Parrot>();
  Doorman doorman;
  std::shared_ptr<Upgrade> upgrade = std::make_shared<GuardedUpgrade>(
      std::make_shared<WebSocketSession>(parrot, WebSocketLimits{.max_message_bytes = 100}), doorman,
      "token");
  bool over = false;
};

TEST_F(WebSocketSessionTest, MessagesGoBothWays) {
  EXPECT_EQ(answer(client_text("a") + client_text("b")),
            frame_of(Opcode::text, "heard a") + frame_of(Opcode::text, "heard b"));
  EXPECT_EQ(answer(client_frame(1, "spl", false) + client_frame(0, "it")),
            frame_of(Opcode::text, "heard split"));
}

TEST_F(WebSocketSessionTest, PingsAreAnswered) {
  EXPECT_EQ(answer(client_frame(9, "there?")), frame_of(Opcode::pong, "there?"));
  EXPECT_EQ(answer(client_frame(10, "unasked")), "");
}

TEST_F(WebSocketSessionTest, AGoodbyeIsAnsweredWithItsCode) {
  EXPECT_EQ(answer(client_frame(8, "\x03\xE8so long")), close_frame(CloseCode::normal, ""));
  EXPECT_TRUE(over && connection->closed());
}

TEST_F(WebSocketSessionTest, AnEmptyGoodbyeIsAnsweredWithAnEmptyOne) {
  EXPECT_EQ(answer(client_frame(8, "")), "\x88\0"s);
}

TEST_F(WebSocketSessionTest, TheConversationMayEndIt) {
  EXPECT_EQ(answer(client_text("bye")), close_frame(CloseCode::normal, "So be it."));
  EXPECT_FALSE(over) << "the client has a moment to answer";
  EXPECT_EQ(answer(client_text("more")), "") << "nothing follows a goodbye";
  EXPECT_EQ(answer(client_frame(8, "\x03\xE8")), "");
  EXPECT_TRUE(over);
}

TEST_F(WebSocketSessionTest, ABrokenFrameEndsIt) {
  expect_goodbye("\x81\x01x", CloseCode::protocol_error);
}
TEST_F(WebSocketSessionTest, AMessageBeyondTheBoundEndsIt) {
  expect_goodbye(client_text(std::string(101, 'x')), CloseCode::message_too_big);
}
TEST_F(WebSocketSessionTest, BinaryDataEndsIt) {
  expect_goodbye(client_frame(2, "x"), CloseCode::unsupported_data);
}
TEST_F(WebSocketSessionTest, TextThatIsNoUtf8EndsIt) {
  expect_goodbye(client_text("\xFF"), CloseCode::invalid_payload);
}
TEST_F(WebSocketSessionTest, ADefectEndsItWithASentence) {
  expect_goodbye(client_text("break"), CloseCode::internal_error);
}

TEST_F(WebSocketSessionTest, DrainingSaysThatTheServerGoes) {
  run_for(1ms);
  upgrade->end(Upgrade::End::draining);
  run_for(1ms);
  EXPECT_EQ(connection->sent, close_frame(CloseCode::going_away, "The server is about to stop."));
  connection->arrives(client_frame(8, "\x03\xE9"));
  run_for(1ms);
  EXPECT_TRUE(over);
}

TEST_F(WebSocketSessionTest, TheEndOfTheTokenEndsItWithinTwoSeconds) {
  run_for(10s);
  EXPECT_EQ(connection->sent, "");
  doorman.is_open = false;
  run_for(2s);
  EXPECT_EQ(connection->sent,
            close_frame(CloseCode::policy_violation, "Your session is over; sign in again."));
}

TEST_F(WebSocketSessionTest, AClientThatHangsUpEndsIt) {
  run_for(1ms);
  connection->hang_up();
  run_for(1ms);
  EXPECT_TRUE(over);
}

TEST_F(WebSocketSessionTest, WhoDoesNotReadIsNotWrittenFor) {
  connection->take(false);
  for (int i = 0; i < 50; ++i) {
    parrot->say("news");
    run_for(1ms);
  }
  EXPECT_EQ(parrot->asked, 1) << "the next piece is made when the last one is out";
  EXPECT_EQ(connection->writes, 1);
  connection->take(true);
  run_for(1ms);
  EXPECT_EQ(parrot->asked, 3);
  EXPECT_EQ(connection->writes, 2) << "all that waited goes out at once";
}

TEST_F(WebSocketSessionTest, PingsKeepItAliveAndSilenceEndsIt) {
  run_for(20s);
  EXPECT_EQ(connection->sent, frame_of(Opcode::ping, ""));
  for (int i = 0; i < 5; ++i) {
    connection->arrives(client_frame(10, ""));
    run_for(20s);
  }
  EXPECT_FALSE(over);
  run_for(60s);
  EXPECT_TRUE(over);
}

TEST(WebSocketSessionBeginTest, ADrainBeforeTheBeginningIsHeard) {
  ManualExecutor executor{true};
  const Executor::Scope scope{executor};
  const auto connection = std::make_shared<test::FakeConnection>();
  const auto session = std::make_shared<WebSocketSession>(std::make_shared<Parrot>(), WebSocketLimits{});
  session->end(Upgrade::End::draining);
  bool over = false;
  start(session->run(connection), [&](auto) { over = true; });
  executor.run_until([&] { return over; });
  EXPECT_EQ(connection->sent, close_frame_of({CloseCode::going_away, "The server is about to stop."}));
}

}  // namespace
}  // namespace cloudcart::http
