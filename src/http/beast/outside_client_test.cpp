#include "http/beast/outside_client.h"

#include <fstream>
#include <latch>
#include <thread>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "http/server.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"
#include "support/temp_folder.h"

namespace cloudcart::http {
namespace {

namespace asio = boost::asio;

/// A server on loopback that keeps what it was sent.
class OutsideClientTest : public testing::Test {
 protected:
  OutsideClientTest() {
    loop.start();
    server.start();
  }
  ~OutsideClientTest() override {
    release.notify_all();
    server.drain(seconds{2});
    loop.stop();
  }

  Task<Response> answer(Request request) {
    const auto target = request.target;
    seen = std::move(request);
    if (target == "/hang") {
      hanging.count_down();
      co_await release.wait(0, MonotonicTime::max());
    }
    if (target == "/moved") {
      Response moved{.status = 307};
      moved.headers.set("Location", "/elsewhere");
      co_return moved;
    }
    if (target == "/busy") {
      Response busy{.status = 503};
      busy.headers.set("Retry-After", "7");
      co_return busy;
    }
    co_return json_response(target == "/broken" ? 500 : 200, std::string(200'000, 'x'));
  }
  Result<int> post(OutsideClient& by, std::string url, milliseconds limit = seconds{5}) {
    const auto answer = ask(by, std::move(url), limit);
    if (!answer) return std::unexpected(answer.error());
    return answer->status;
  }
  Result<OutsideAnswer> ask(OutsideClient& by, std::string url, milliseconds limit = seconds{5}) {
    Result<OutsideAnswer> result;
    std::latch done(1);
    loop.post([&] {
      Headers headers;
      headers.set("X-Test", "yes");
      start(by.post(parse_web_url(url).value(), headers, "{}", loop.now() + limit), [&](auto outcome) {
        result = std::get<0>(std::move(outcome));
        done.count_down();
      });
    });
    done.wait();
    return result;
  }
  std::string url(std::string_view target, std::string_view host = "127.0.0.1") const {
    return "http://" + std::string{host} + ":" + std::to_string(server.port()) + std::string{target};
  }

  Notifier release;
  std::latch hanging{1};
  Request seen;
  EventLoop loop{"test-io"};
  Server server{{},
                {&loop},
                [this](Request request) { return answer(std::move(request)); },
                [](const Error&) { return Response{.status = 400}; }};
  BeastOutsideClient client{{.allow_own_addresses = true}};
};

TEST_F(OutsideClientTest, PostsAndAnswersTheStatus) {
  EXPECT_EQ(post(client, url("/hook?a=b")), 200);
  EXPECT_EQ(seen.method, Method::post);
  EXPECT_EQ(seen.target, "/hook?a=b");
  EXPECT_EQ(seen.headers.find("X-Test"), "yes");
  EXPECT_EQ(seen.headers.find("Host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(seen.body, "{}");
  EXPECT_EQ(post(client, url("/broken")), 500);
}

TEST_F(OutsideClientTest, SaysWhenToAskAgain) {
  EXPECT_EQ(ask(client, url("/busy"))->retry_after, "7");
  EXPECT_EQ(ask(client, url("/broken"))->retry_after, "");
}

TEST_F(OutsideClientTest, FollowsNoRedirect) {
  EXPECT_EQ(post(client, url("/moved")), 307);
  EXPECT_EQ(seen.target, "/moved");
}

/// Answers one connection by these words.
class WordsServer {
 public:
  explicit WordsServer(std::string words) : answering_([this, words = std::move(words)] { answer(words); }) {}
  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }

 private:
  void answer(const std::string& words) {
    auto socket = acceptor_.accept();
    std::string request;
    asio::read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n{}");
    boost::system::error_code gone;  // the client may have heard enough
    asio::write(socket, asio::buffer(words), gone);
  }
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
  std::jthread answering_;
};

TEST_F(OutsideClientTest, WhatComesBeforeTheAnswerIsNotTheAnswer) {
  const WordsServer patient(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
      "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}");
  const auto answer = ask(client, patient.url());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->retry_after, "7");
}

TEST_F(OutsideClientTest, WhoNeverComesToTheAnswerHasGivenNone) {
  std::string words;
  for (int i = 0; i < 100; ++i) words += "HTTP/1.1 102 Processing\r\n\r\n";
  const WordsServer endless(words);
  EXPECT_EQ(ask(client, endless.url()).error().code, ErrorCode::unavailable);
}

TEST_F(OutsideClientTest, ConnectsOnlyWhereItMay) {
  BeastOutsideClient careful{{}};
  for (const auto* host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"})
    EXPECT_EQ(post(careful, url("/", host)).error().code, ErrorCode::forbidden) << host;
  for (const auto* host : {"169.254.169.254", "[fe80::1]", "0.0.0.0", "[::]", "[::ffff:169.254.169.254]"})
    EXPECT_EQ(post(client, url("/", host)).error().code, ErrorCode::forbidden) << host;
  EXPECT_TRUE(seen.target.empty());
}

TEST_F(OutsideClientTest, SaysWhyThereIsNoAnswer) {
  EXPECT_EQ(post(client, "http://127.0.0.1:1/").error().message, "no connection (Connection refused)");
  const auto slow = post(client, url("/hang"), milliseconds{100});
  EXPECT_EQ(slow.error().code, ErrorCode::unavailable);
  EXPECT_EQ(slow.error().message, "no answer in time");
  // A server without TLS.
  const auto plain = post(client, "https" + url("/").substr(4), seconds{2});
  ASSERT_FALSE(plain);
  EXPECT_TRUE(plain.error().message.starts_with("no TLS connection")) << plain.error().message;
}

TEST_F(OutsideClientTest, StopEndsWhatIsUnderWayAndRefusesMore) {
  std::latch done(1);
  loop.post([&] {
    start(client.post(parse_web_url(url("/hang")).value(), {}, "{}", Deadline::max()), [&](auto outcome) {
      EXPECT_FALSE(std::get<0>(outcome));
      done.count_down();
    });
  });
  hanging.wait();
  client.stop();
  done.wait();
  EXPECT_FALSE(post(client, url("/")));
}

TEST(OutsideClientOptionsTest, ACaFileHasToBeReadable) {
  test::TempFolder folder;
  const auto file = folder.path() / "ca.pem";
  EXPECT_THROW(BeastOutsideClient({.ca_file = file}), std::runtime_error);
  std::ofstream(file) << "no certificate";
  EXPECT_THROW(BeastOutsideClient({.ca_file = file}), std::runtime_error);
}

}  // namespace
}  // namespace cloudcart::http
