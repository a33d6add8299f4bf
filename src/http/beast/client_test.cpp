#include "http/beast/client.h"

#include <thread>

#include <gtest/gtest.h>

#include "http/problem.h"
#include "http/server.h"
#include "runtime/event_loop.h"

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;

/// A server of which the test says when it answers, and its connections.
class HeldServer {
 public:
  HeldServer() {
    loop_.start();
    server_.start();
  }
  ~HeldServer() {
    release();
    server_.drain(2s);
    loop_.stop();
  }
  void release() { held_ = false; }
  /// Until so many requests are here.
  bool has(int requests) const {
    return eventually([&] { return here_ == requests; });
  }
  bool has_connections(std::size_t count) const {
    return eventually([&] { return server_.connections() == count; });
  }
  int most() const { return most_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

  static bool eventually(const std::function<bool()>& holds) {
    for (const auto until = std::chrono::steady_clock::now() + 5s;
         std::chrono::steady_clock::now() < until;) {
      if (holds()) return true;
      std::this_thread::sleep_for(1ms);
    }
    return holds();
  }

 private:
  Task<Response> answer(Request) {
    most_ = std::max(most_.load(), ++here_);
    while (held_) co_await sleep_until(Executor::current()->now() + 2ms);
    --here_;
    co_return json_response(200, "{}");
  }

  std::atomic<bool> held_ = true;
  std::atomic<int> here_ = 0, most_ = 0;
  EventLoop loop_{"held"};
  Server server_{{},
                 {&loop_},
                 [this](Request request) { return answer(std::move(request)); },
                 [](const Error& error) { return problem_response(error, "refused"); }};
};

class BeastClientTest : public testing::Test {
 protected:
  BeastClientTest() {
    for (auto* loop : {&first, &second}) loop->start();
  }
  ~BeastClientTest() override {
    server.release();
    for (auto* loop : {&first, &second}) loop->stop();
  }
  void send(EventLoop& loop, BeastClient& client, ClientRequest request = {.target = "/x"},
            milliseconds limit = 10s) {
    loop.post([this, &client, request, limit] {
      start(client.send(request, Executor::current()->now() + limit), [this](auto outcome) {
        const auto& answer = std::get<0>(outcome);
        ++(answer ? answered : answer.error().code == ErrorCode::overloaded ? overloaded : failed);
      });
    });
  }
  bool ended(int count) const {
    return HeldServer::eventually([&] { return answered + overloaded + failed == count; });
  }

  HeldServer server;
  EventLoop first{"first"}, second{"second"};
  std::atomic<int> answered = 0, overloaded = 0, failed = 0;
};

TEST_F(BeastClientTest, AnAnswerToHeadIsNotSaidToBeEmpty) {
  server.release();
  BeastClient client({.base_url = server.url()});
  std::atomic<bool> lacks_body = false;
  std::string body;
  int asked = 0;
  for (const auto method : {Method::head, Method::get, Method::head}) {
    first.post([&, method] {
      start(client.send({.method = method, .target = "/x"}, Executor::current()->now() + 10s),
            [&](auto outcome) {
              const auto& answer = std::get<0>(outcome);
              lacks_body = answer && answer->lacks_body;
              body = answer ? answer->body : answer.error().message;
              ++answered;
            });
    });
    ASSERT_TRUE(ended(++asked));
    EXPECT_EQ(lacks_body, method == Method::head);
    EXPECT_EQ(body, method == Method::head ? "" : "{}");
  }
}

TEST_F(BeastClientTest, NeverHasMoreConnectionsThanItMay) {
  BeastClient client({.base_url = server.url(), .max_connections = 3});
  for (int i = 0; i < 20; ++i) send(i % 2 == 0 ? first : second, client);
  ASSERT_TRUE(server.has(3));
  server.release();
  ASSERT_TRUE(ended(20));
  EXPECT_EQ(answered, 20);
  EXPECT_EQ(server.most(), 3);
  // Kept ones count, on whichever loop they rest.
  for (int i = 0; i < 40; ++i) {
    send(i % 3 == 0 ? first : second, client);
    ASSERT_TRUE(ended(21 + i));
  }
  EXPECT_TRUE(server.has_connections(3) || server.has_connections(2));
}

TEST_F(BeastClientTest, WhoWaitsForAConnectionInVainIsOverloaded) {
  BeastClient client({.base_url = server.url(), .max_connections = 1, .max_waiting = 2});
  send(first, client);
  ASSERT_TRUE(server.has(1));
  send(first, client, {.target = "/x"}, 100ms);
  send(first, client);
  send(first, client);
  EXPECT_TRUE(ended(2)) << "one too many, and one whose time was over";
  EXPECT_EQ(overloaded, 2);
  server.release();
  EXPECT_TRUE(ended(4));
  EXPECT_EQ(answered, 2);
}

TEST_F(BeastClientTest, AServerThatHangsTakesNothingFromAnother) {
  HeldServer well;
  well.release();
  BeastClient slow({.base_url = server.url(), .max_connections = 2}),
      quick({.base_url = well.url(), .max_connections = 2});
  for (int i = 0; i < 50; ++i) send(first, slow);
  ASSERT_TRUE(server.has(2));
  for (int i = 0; i < 50; ++i) send(first, quick);
  EXPECT_TRUE(ended(50));
  EXPECT_EQ(answered, 50);
  server.release();
  EXPECT_TRUE(ended(100));
}

TEST_F(BeastClientTest, ARequestThatIsGivenUpLeavesNoConnectionBehind) {
  BeastClient client({.base_url = server.url(), .max_connections = 1});
  for (int i = 0; i < 3; ++i) {
    const auto asked = std::make_shared<Cancellation>(), waiting = std::make_shared<Cancellation>();
    send(first, client, {.target = "/x", .cancellation = asked});
    ASSERT_TRUE(server.has(i + 1));
    send(first, client, {.target = "/x", .cancellation = waiting});
    first.post([asked, waiting] {
      waiting->request();
      asked->request();
    });
    ASSERT_TRUE(ended(2 * (i + 1)));
  }
  EXPECT_EQ(answered, 0);
  server.release();
  EXPECT_TRUE(server.has_connections(0));
}

TEST_F(BeastClientTest, WhenItStopsNobodyWaitsForAServerThatHangs) {
  BeastClient client({.base_url = server.url(), .max_connections = 2}), other({.base_url = server.url()});
  for (auto* loop : {&first, &second}) send(*loop, client, {.target = "/x"}, 1h);
  ASSERT_TRUE(server.has(2));
  for (auto* loop : {&first, &second}) send(*loop, client, {.target = "/x"}, 1h);
  send(first, other);
  ASSERT_TRUE(server.has(3));
  client.stop();
  EXPECT_TRUE(ended(4)) << "two under way, and two that wait";
  send(first, client, {.target = "/x"}, 1h);
  EXPECT_TRUE(ended(5)) << "one that comes later";
  EXPECT_EQ(answered, 0);
  server.release();
  EXPECT_TRUE(ended(6));
  EXPECT_EQ(answered, 1) << "another client has nothing to do with it";
}

TEST_F(BeastClientTest, AKeptConnectionIsNoWayAroundAStop) {
  server.release();
  BeastClient client({.base_url = server.url()});
  send(first, client);
  ASSERT_TRUE(ended(1));
  client.stop();
  send(first, client);
  ASSERT_TRUE(ended(2));
  EXPECT_EQ(answered, 1);
  EXPECT_EQ(failed, 1);
}

}  // namespace
}  // namespace cloudcart::http
