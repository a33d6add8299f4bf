#include "http/server.h"

#include <latch>
#include <list>
#include <semaphore>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/beast/client.h"
#include "http/problem.h"
#include "http/upgrade.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"

namespace cloudcart::http {
namespace {

/// A socket and what is sent over it, byte by byte as the test wants.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port) {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const timeval limit{.tv_sec = 2};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawConnection() { ::close(fd_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(std::string_view bytes) const {
    while (connected_ && !bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// Everything up to `end`, to the close of the connection, or to two seconds without a byte.
  std::string read_until(std::string_view end) const {
    std::string answer;
    char chunk[4096];
    for (ssize_t n; connected_ && (n = recv(fd_, chunk, sizeof chunk, 0)) > 0;) {
      answer.append(chunk, static_cast<std::size_t>(n));
      if (!end.empty() && answer.ends_with(end)) break;
    }
    return answer;
  }

 private:
  const int fd_ = socket(AF_INET, SOCK_STREAM, 0);
  bool connected_ = false;
};

std::string raw_exchange(std::uint16_t port, std::string_view bytes) {
  const RawConnection connection(port);
  connection.send(bytes);
  return connection.read_until("");
}

/// Counts to three, then waits until cancelled.
class CountingStream final : public BodyStream {
 public:
  explicit CountingStream(std::latch& cancelled) : cancelled_(cancelled) {}
  Task<std::optional<std::string>> next() override {
    if (sent_ < 3) co_return "data: " + std::to_string(++sent_) + "\n\n";
    co_await stop_.wait(0, MonotonicTime::max());
    co_return std::nullopt;
  }
  void cancel() override {
    if (!done_) cancelled_.count_down();
    done_ = true;
    stop_.notify_all();
  }

 private:
  std::latch& cancelled_;
  Notifier stop_;
  int sent_ = 0;
  bool done_ = false;
};

class ShortStream final : public BodyStream {
 public:
  Task<std::optional<std::string>> next() override {
    co_return std::exchange(is_over_, true) ? std::nullopt : std::optional<std::string>{"data: 1\n\n"};
  }
  void cancel() override {}

 private:
  bool is_over_ = false;
};

/// Sends back what comes, in capitals; "flood" is answered with more than any socket holds, and "." ends it.
class Shouting final : public Upgrade {
 public:
  Task<void> run(std::shared_ptr<UpgradedConnection> connection) override {
    connection_ = connection;
    while (auto bytes = co_await connection->read()) {
      if (*bytes == "flood") bytes->assign(64 << 20, 'x');
      const bool is_last = bytes->ends_with('.');
      for (auto& c : *bytes) c = static_cast<char>(std::toupper(c));
      if (!co_await connection->write(*std::move(bytes)) || is_last) break;
    }
    connection_.reset();
  }
  void end(End) override {
    if (connection_) connection_->close();
  }

 private:
  std::shared_ptr<UpgradedConnection> connection_;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    for (auto& loop : loops) loop->start();
    server.start();
    capped.start();
  }
  ~ServerTest() override {
    server.drain(seconds{2});
    capped.drain(seconds{2});
    for (auto& loop : loops) loop->stop();
  }

  Task<Response> answer(Request request) {
    if (request.target == "/stream") {
      Response response{.stream = std::make_shared<CountingStream>(cancelled)};
      response.headers.add("Content-Type", "text/event-stream");
      co_return response;
    }
    if (request.target == "/short-stream") co_return Response{.stream = std::make_shared<ShortStream>()};
    if (request.target == "/shout") {
      Response response{.status = 101, .upgrade = std::make_shared<Shouting>()};
      response.headers.set("Upgrade", "shouting");
      co_return response;
    }
    if (request.target == "/through")
      co_return (co_await client.send({.target = "/shout", .upgrade = "shouting"}, Deadline::max())).value();
    if (request.target == "/slow") {
      handling.count_down();
      co_await sleep_until(Executor::current()->now() + milliseconds{200});
    }
    if (request.target == "/arrival") arrived_at = request.received_at;
    if (request.target == "/limit")
      co_return json_response(200, std::string{request.headers.find(time_limit_header).value_or("none")});
    co_return json_response(
        200, std::string{to_string(request.method)} + " " + request.target + " " + request.body);
  }

  static Response refuse(const Error& error) { return problem_response(error, "refused"); }

  /// What keeps a loop busy until it may go on. Shared with the loops: one of them may still stand in it when the test has ended.
  struct Stop {
    std::latch held{2}, go_on{1};
    void wait_here() {
      held.count_down();
      go_on.wait();
    }
  };

  /// Runs a task on a loop from this thread.
  template <class T>
  T on_loop(std::function<Task<T>()> body) {
    std::optional<T> result;
    std::latch done(1);
    loops[0]->post([&] {
      start(body(), [&](auto outcome) {
        result.emplace(std::get<0>(std::move(outcome)));
        done.count_down();
      });
    });
    done.wait();
    return *std::move(result);
  }
  Result<Response> send(ClientRequest request) {
    return on_loop<Result<Response>>(
        [&] { return client.send(request, std::chrono::steady_clock::now() + seconds{5}); });
  }

  std::latch cancelled{1}, handling{1};
  std::atomic<MonotonicTime> arrived_at{};
  std::vector<std::unique_ptr<EventLoop>> loops = [] {
    std::vector<std::unique_ptr<EventLoop>> made;
    for (int i = 0; i < 2; ++i) made.push_back(std::make_unique<EventLoop>("test-io"));
    return made;
  }();
  Server server{{.limits = {.body_bytes = 1000},
                 .head_timeout = seconds{1},
                 .body_timeout = seconds{1},
                 .write_timeout = seconds{1}},
                {loops[0].get(), loops[1].get()},
                [this](Request request) { return answer(std::move(request)); },
                refuse};
  /// With room for three connections of a client, and for 2,000 bytes of bodies; on one loop.
  Server capped{{.max_connections_per_client = 3, .max_held_bytes = 2000},
                {loops[0].get()},
                [this](Request request) { return answer(std::move(request)); },
                refuse};
  BeastClient client{{.base_url = "http://127.0.0.1:" + std::to_string(server.port())}};
};

TEST_F(ServerTest, ARequestCountsFromWhenItsBytesCameAndNotFromWhenTheyWereRead) {
  const RawConnection connection(server.port());
  // While both loops are busy its bytes wait: long enough to tell the two apart, whatever the clocks' steps.
  const auto counts_from_its_bytes = [&] {
    const auto stop = std::make_shared<Stop>();
    for (auto& loop : loops) loop->post([stop] { stop->wait_here(); });
    stop->held.wait();
    connection.send("GET /arrival HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto sent_at = std::chrono::steady_clock::now();
    std::this_thread::sleep_until(sent_at + milliseconds{50});
    stop->go_on.count_down();
    EXPECT_TRUE(connection.read_until("/arrival ").ends_with("/arrival "));
    return arrived_at.load() < sent_at + milliseconds{25};
  };
  // The kernel begins to note the times of packets some time after the first connection that asks for them.
  bool counted = false;
  for (int i = 0; i < 100 && !counted; ++i) counted = counts_from_its_bytes();
  EXPECT_TRUE(counted);
}

TEST_F(ServerTest, AClientSaysHowMuchTimeIsLeft) {
  const auto answer = send({.target = "/limit"});
  ASSERT_TRUE(answer);
  const auto left = std::stoi(answer->body);
  EXPECT_GT(left, 0);
  EXPECT_LE(left, 5'000);
  const auto unlimited =
      on_loop<Result<Response>>([&] { return client.send({.target = "/limit"}, Deadline::max()); });
  ASSERT_TRUE(unlimited);
  EXPECT_EQ(unlimited->body, "none");
}

TEST_F(ServerTest, AnswersClientsOverKeptConnections) {
  for (int i = 0; i < 5; ++i) {
    const auto answer = send({.method = Method::post, .target = "/a?b=c", .body = "hello"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "POST /a?b=c hello");
  }
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(ServerTest, RefusesWhatItCannotOrShouldNotRead) {
  const auto port = server.port();
  const auto starts = [&](std::string_view request, std::string_view status) {
    const auto answer = raw_exchange(port, request);
    EXPECT_TRUE(answer.starts_with(status)) << request.substr(0, 80) << "\n→ " << answer.substr(0, 200);
  };
  starts("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK");
  starts("nonsense\r\n\r\n", "HTTP/1.1 400");
  starts("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400");
  starts("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", "HTTP/1.1 400");
  starts("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
         "HTTP/1.1 400");
  starts("GET / HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 408");
  starts("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400");
  starts("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
         "HTTP/1.1 400");
  starts("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "HTTP/1.1 400");
  starts("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n", "HTTP/1.1 413");
  starts("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n", "HTTP/1.1 431");
}

TEST_F(ServerTest, ASlowBodyIsToldThatItIsLate) {
  const auto late = raw_exchange(server.port(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_TRUE(late.starts_with("HTTP/1.1 408")) << late;
}

TEST_F(ServerTest, AClientHasSoManyConnectionsAndOthersHaveTheirs) {
  std::list<RawConnection> held;
  for (int i = 0; i < 3; ++i) held.emplace_back(capped.port()).send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  for (const auto& connection : held)
    EXPECT_NE(connection.read_until("GET /a ").find("200"), std::string::npos);
  EXPECT_EQ(raw_exchange(capped.port(), "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"), "");
  EXPECT_EQ(capped.refused_connections(), 1U);
  held.pop_back();
  const auto begin = std::chrono::steady_clock::now();
  while (capped.connections() > 2) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, seconds{60});
    std::this_thread::sleep_for(milliseconds{10});
  }
  EXPECT_NE(
      raw_exchange(capped.port(), "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").find("GET /b"),
      std::string::npos);
}

TEST_F(ServerTest, WhoOnlyHoldsConnectionsMakesRoomForOthers) {
  Server small(
      {.max_connections = 10}, {loops[0].get()},
      [this](Request request) { return answer(std::move(request)); }, refuse);
  small.start();
  std::list<RawConnection> clients;
  for (int i = 0; i < 15; ++i) {
    const bool is_slow = i == 1 || i == 2;
    clients.emplace_back(small.port())
        .send(i == 1   ? "GET /slow-he"
              : i == 2 ? "POST /slow-body HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"
                       : "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    if (!is_slow) EXPECT_NE(clients.back().read_until("GET /a ").find("200"), std::string::npos) << i;
  }
  // The first ones have been without a request for longest.
  auto client = clients.begin();
  for (int i = 0; i < 5; ++i, ++client) EXPECT_EQ(client->read_until("more"), "") << i;
  EXPECT_EQ(small.refused_connections(), 0U);
  small.drain(seconds{2});
}

TEST_F(ServerTest, WhoHoldsMemoryForLongestIsLeftWhenThereIsNoMore) {
  const std::string part =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + std::string(900, 'x');
  std::list<RawConnection> clients;
  for (std::size_t held : {900, 1800, 1800}) {
    clients.emplace_back(capped.port()).send(part);
    const auto until = std::chrono::steady_clock::now() + seconds{60};
    while (capped.held_bytes() != held || (clients.size() == 3 && capped.evicted_connections() == 0)) {
      ASSERT_LT(std::chrono::steady_clock::now(), until);
      std::this_thread::sleep_for(milliseconds{1});
    }
  }
  EXPECT_EQ(clients.front().read_until(""), "");
  EXPECT_EQ(capped.evicted_connections(), 1U);
  clients.back().send(std::string(100, 'x'));
  EXPECT_NE(clients.back().read_until("xxxx").find("200"), std::string::npos);
}

TEST_F(ServerTest, WhoHoldsTooMuchOnOneLoopIsLeftAndNotThoseOfAnother) {
  Server both(
      {.max_held_bytes = 2000}, {loops[0].get(), loops[1].get()},
      [this](Request request) { return answer(std::move(request)); }, refuse);
  both.start();
  const std::string part =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + std::string(900, 'x');
  std::list<RawConnection> clients;
  const auto until = std::chrono::steady_clock::now() + seconds{60};
  // The loops take turns: the first and the third are of one, the second and the fourth of the other.
  std::uint64_t held = 0;
  for (const bool holds : {true, false, true}) {
    clients.emplace_back(both.port()).send(holds ? part : "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    held += holds ? 900 : 0;
    if (!holds) EXPECT_NE(clients.back().read_until("GET /a ").find("200"), std::string::npos);
    while (both.held_bytes() != held) {
      ASSERT_LT(std::chrono::steady_clock::now(), until);
      std::this_thread::sleep_for(milliseconds{1});
    }
  }
  clients.emplace_back(both.port()).send(part);
  EXPECT_EQ(clients.front().read_until(""), "");
  clients.back().send(std::string(100, 'x'));
  EXPECT_NE(clients.back().read_until("xxxx").find("200"), std::string::npos);
  EXPECT_EQ(both.evicted_connections(), 1U);
  both.drain(seconds{2});
}

TEST_F(ServerTest, RequestsThatComeOneBehindTheOtherAreAllAnswered) {
  std::string many;
  for (int i = 0; i < 400; ++i) many += "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  many += "GET /last HTTP/1.1\r\nHost: a\r\n\r\n";
  const RawConnection greedy(capped.port());
  greedy.send(many);
  const auto answers = greedy.read_until("/last ");
  std::size_t count = 0;
  for (auto at = answers.find("HTTP/1.1 200"); at != std::string::npos;
       at = answers.find("HTTP/1.1 200", at + 1))
    ++count;
  EXPECT_EQ(count, 401U);
}

TEST_F(ServerTest, AHeadRequestHasNoBodyAndTheConnectionGoesOn) {
  const auto answer = raw_exchange(
      server.port(),
      "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 8"), std::string::npos);
  EXPECT_EQ(answer.find("HEAD /x"), std::string::npos);
  EXPECT_NE(answer.find("GET /y"), std::string::npos);
}

TEST_F(ServerTest, ToOldClientsAStreamGoesUntilTheConnectionIsClosed) {
  const auto answer = raw_exchange(server.port(), "GET /short-stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(answer.find("chunked"), std::string::npos) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\ndata: 1\n\n")) << answer;
}

TEST_F(ServerTest, StreamsAndNoticesAReaderThatGoes) {
  {
    auto answer = send({.target = "/stream"});
    ASSERT_TRUE(answer && answer->stream);
    std::string text;
    while (text.find("data: 3\n\n") == std::string::npos) {
      const auto piece = on_loop<std::optional<std::string>>([&] { return answer->stream->next(); });
      ASSERT_TRUE(piece);
      text += *piece;
    }
    EXPECT_EQ(text, "data: 1\n\ndata: 2\n\ndata: 3\n\n");
    on_loop<int>([&]() -> Task<int> {
      answer->stream->cancel();
      co_return 0;
    });
  }
  cancelled.wait();
}

TEST_F(ServerTest, HandsAnUpgradedConnectionOver) {
  for (const std::string target : {"/shout", "/through"}) {
    // The first bytes of the new protocol come with the request, and stay in the right place.
    const auto answer = raw_exchange(
        server.port(),
        "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: shouting\r\n\r\nhi.");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << answer;
    EXPECT_NE(answer.find("\r\nConnection: upgrade\r\n\r\nHI."), std::string::npos) << answer;
    EXPECT_EQ(answer.find("Content-Length"), std::string::npos) << answer;
  }
}

TEST_F(ServerTest, AnUpgradedReaderThatTakesNothingIsLeft) {
  const RawConnection stubborn(server.port());
  stubborn.send("GET /shout HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: shouting\r\n\r\nflood");
  const auto begin = std::chrono::steady_clock::now();
  while (server.connections() == 0) std::this_thread::yield();
  while (server.connections() > 0) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, seconds{60});
    std::this_thread::sleep_for(milliseconds{10});
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds{900});
}

TEST_F(ServerTest, DrainingEndsUpgradedConnections) {
  for (const std::string target : {"/shout", "/through"}) {
    const RawConnection open(server.port());
    open.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: shouting\r\n\r\nx");
    ASSERT_NE(open.read_until("\r\n\r\nX").find("101"), std::string::npos);
    if (target == "/shout") continue;
    server.drain(seconds{5});
    EXPECT_EQ(server.connections(), 0u);
    EXPECT_EQ(open.read_until("more"), "");
  }
}

TEST_F(ServerTest, DrainingLetsTheRequestsUnderWayFinish) {
  std::string answer;
  std::thread caller([&] { answer = raw_exchange(server.port(), "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"); });
  handling.wait();
  server.drain(seconds{5});
  caller.join();
  EXPECT_NE(answer.find("GET /slow"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(ServerTest, WindingDownClosesEachConnectionWithItsAnswer) {
  const RawConnection kept(server.port());
  kept.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(kept.read_until("GET /a ").find("Connection: keep-alive"), std::string::npos);
  server.wind_down();
  kept.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(kept.read_until("").find("Connection: close"), std::string::npos);
  const auto new_one = raw_exchange(server.port(), "GET /c HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(new_one.find("GET /c"), std::string::npos) << "it is served like the others";
  EXPECT_NE(new_one.find("Connection: close"), std::string::npos);
}

TEST_F(ServerTest, ARequestThatHasArrivedIsAnsweredBeforeItsConnectionIsClosed) {
  const RawConnection kept(server.port());
  kept.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  kept.read_until("GET /a ");
  // Both loops are busy while the request comes in and the drain begins.
  const auto stop = std::make_shared<Stop>();
  for (auto& loop : loops) loop->post([stop] { stop->wait_here(); });
  stop->held.wait();
  kept.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  std::thread stopping([&] { server.drain(seconds{5}); });
  std::this_thread::sleep_for(milliseconds{20});
  stop->go_on.count_down();
  stopping.join();
  EXPECT_NE(kept.read_until("").find("GET /b"), std::string::npos);
}

TEST_F(ServerTest, ATakenPortIsRefusedWithTheMend) {
  try {
    Server second(
        {.port = server.port()}, {loops[0].get()},
        [this](Request request) { return answer(std::move(request)); }, refuse);
    FAIL();
  } catch (const std::runtime_error& refusal) {
    EXPECT_NE(std::string_view{refusal.what()}.find("another port"), std::string_view::npos);
  }
}

TEST_F(ServerTest, AKeptConnectionThatTheServerClosedIsNotUsedAgain) {
  std::vector<std::unique_ptr<EventLoop>> others;
  others.push_back(std::make_unique<EventLoop>("test-other"));
  others[0]->start();
  std::optional<Server> first(
      std::in_place, ServerOptions{}, std::vector{others[0].get()},
      [this](Request request) { return answer(std::move(request)); }, refuse);
  first->start();
  const auto port = first->port();
  BeastClient patient({.base_url = "http://127.0.0.1:" + std::to_string(port)});
  const auto post = [&] {
    return on_loop<Result<Response>>([&] {
      return patient.send({.method = Method::post, .target = "/x"},
                          std::chrono::steady_clock::now() + seconds{5});
    });
  };
  ASSERT_TRUE(post());
  first->drain(seconds{1});
  first.reset();
  Server second(
      {.port = port}, {others[0].get()}, [this](Request request) { return answer(std::move(request)); },
      refuse);
  second.start();
  const auto answered = post();
  EXPECT_TRUE(answered) << answered.error().message;
  second.drain(seconds{1});
  others[0]->stop();
}

TEST_F(ServerTest, AServiceThatIsNotThereIsUnavailable) {
  BeastClient nobody({.base_url = "http://127.0.0.1:1"});
  const auto answer = on_loop<Result<Response>>(
      [&] { return nobody.send({.target = "/"}, std::chrono::steady_clock::now() + seconds{2}); });
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  EXPECT_THROW(BeastClient({.base_url = "localhost"}), std::runtime_error);
}

}  // namespace
}  // namespace cloudcart::http
