#include "load/generator.h"

#include <atomic>
#include <functional>
#include <system_error>
#include <thread>

#include <arpa/inet.h>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/report.h"

namespace cloudcart::load {
namespace {

using std::chrono::milliseconds;

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A server that answers what `answer` says to each request (heads only), on one thread. An empty answer: it
/// closes the connection.
class SmallServer {
 public:
  using Answer = std::function<std::string(int number)>;

  explicit SmallServer(Answer answer)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* where = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, where, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, where, &size) != 0)
      throw std::system_error(errno, std::generic_category(), "a port to listen on");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~SmallServer() { stop(); }
  SmallServer(const SmallServer&) = delete;
  SmallServer& operator=(const SmallServer&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    ending_ = true;
    thread_.join();
  }
  std::uint16_t port() const { return port_; }
  int seen() const { return seen_; }

 private:
  void serve() {
    std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
    std::vector<std::string> unread{""};
    while (!ending_) {
      if (::poll(sockets.data(), sockets.size(), 10) <= 0) continue;
      for (std::size_t i = sockets.size(); i-- > 1;) {
        if (sockets[i].revents == 0 || take(sockets[i].fd, unread[i])) continue;
        ::close(sockets[i].fd);
        sockets.erase(sockets.begin() + static_cast<std::ptrdiff_t>(i));
        unread.erase(unread.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (sockets[0].revents != 0) {
        sockets.push_back({::accept(listener_, nullptr, nullptr), POLLIN, 0});
        unread.emplace_back();
      }
    }
    for (const auto& each : sockets) ::close(each.fd);
  }
  bool take(int socket, std::string& unread) {
    char bytes[4096];
    const auto got = ::recv(socket, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    unread.append(bytes, static_cast<std::size_t>(got));
    for (auto end = unread.find("\r\n\r\n"); end != std::string::npos; end = unread.find("\r\n\r\n")) {
      unread.erase(0, end + 4);
      const auto text = answer_(++seen_);
      if (text.empty()) return false;
      ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    }
    return true;
  }

  Answer answer_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_{false};
  std::atomic<int> seen_{0};
  std::thread thread_;
};

Options options_for(const SmallServer& server) {
  return {.port = std::to_string(server.port()),
          .paths = {"/"},
          .connections = 4,
          .duration = milliseconds{300},
          .warm_up = milliseconds{100},
          .timeout = milliseconds{2000},
          .sample_every = milliseconds{100}};
}

Result<Measurements> run(const Options& options) {
  auto requests = RequestSet::of_paths(options.paths, {.host = "h"});
  Generator generator(options, *requests);
  return generator.run();
}

std::uint64_t sum(const auto& counts) {
  std::uint64_t all = 0;
  for (const auto count : counts) all += count;
  return all;
}

/// Every request that was sent is told of, exactly once.
void expect_nothing_lost(const Measurements& measured) {
  // A connection that could not be opened again has lost no request of its own.
  const auto failed =
      sum(measured.all_failures) - measured.all_failures[static_cast<std::size_t>(Failure::connect)];
  EXPECT_EQ(measured.all_sent, sum(measured.all_statuses) + failed + measured.all_unfinished);
  EXPECT_EQ(measured.started, sum(measured.statuses) + sum(measured.failures) + measured.dropped +
                                  measured.unsent + measured.unfinished);
}

TEST(GeneratorTest, AClosedLoopAsksAgainAtEachAnswer) {
  SmallServer server([](int) { return ok; });
  auto options = options_for(server);
  options.pid = ::getpid();
  const auto measured = run(options);
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_GT(measured->statuses[200], 4U) << "more than one on each connection";
  EXPECT_EQ(sum(measured->failures), 0U);
  EXPECT_EQ(measured->all_unfinished, 0U);
  EXPECT_EQ(measured->all_statuses[200], static_cast<std::uint64_t>(server.seen()));
  EXPECT_EQ(measured->requests[0].taken.count(), measured->statuses[200]);
  EXPECT_FALSE(measured->samples.empty());
  ASSERT_TRUE(measured->server_before && measured->server_after);
  EXPECT_GT(measured->server_after->resident_bytes, 1'000'000U);
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, AnOpenLoopKeepsToItsSchedule) {
  SmallServer server([](int) { return ok; });
  auto options = options_for(server);
  options.rate = 200;
  const auto measured = run(options);
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_EQ(measured->started, 60U) << "0.3 s of 200/s, however slow the machine is";
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, AnOpenLoopCountsTheTimeThatAStallKeepsOthersWaiting) {
  // The server sleeps once, for 150 ms; with one connection all that is due meanwhile waits in line.
  SmallServer server([](int number) {
    if (number == 30) std::this_thread::sleep_for(milliseconds{150});
    return ok;
  });
  auto options = options_for(server);
  options.rate = 200;
  options.connections = 1;
  const auto measured = run(options);
  ASSERT_TRUE(measured) << measured.error().message;
  const auto& taken = measured->requests[0].taken;
  // All that were due; on a machine that stalls at the end, those of the last moments are not.
  ASSERT_LE(taken.count(), 60U);
  ASSERT_GE(taken.count(), 50U);
  EXPECT_GE(taken.max(), 140'000'000U);
  // Of 30 requests due in that time a third was late by 100 ms and more: a tenth of all, not one of them.
  EXPECT_GE(taken.at(0.9), 60'000'000U);
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, ALineThatIsFullDropsAndSaysSo) {
  SmallServer server([](int number) {
    if (number == 1) std::this_thread::sleep_for(milliseconds{300});
    return ok;
  });
  auto options = options_for(server);
  options.rate = 1000;
  options.connections = 1;
  options.queue = 5;
  const auto measured = run(options);
  ASSERT_TRUE(measured) << measured.error().message;
  // All that were due; on a machine that stalls at the end, those of the last moments are not.
  EXPECT_LE(measured->started, 300U);
  EXPECT_GT(measured->started, 200U);
  EXPECT_GE(measured->dropped, 100U);
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, TellsRefusalsFromAnswers) {
  SmallServer server([](int number) {
    return number % 2 ? ok : "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nslow";
  });
  const auto measured = run(options_for(server));
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_GT(measured->statuses[200], 0U);
  EXPECT_EQ(measured->refused.count(), measured->statuses[429]);
  EXPECT_EQ(measured->requests[0].taken.count(), measured->statuses[200]);
  EXPECT_EQ(measured->first_refused, "429 slow");
  EXPECT_LT(measured->taken_within, measured->answers_within);
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, AConnectionThatIsClosedCostsItsRequestAndNoMore) {
  SmallServer server([](int number) { return number % 7 == 0 ? "" : ok; });
  const auto measured = run(options_for(server));
  ASSERT_TRUE(measured) << measured.error().message;
  const auto lost = measured->all_failures[static_cast<std::size_t>(Failure::closed)] +
                    measured->all_failures[static_cast<std::size_t>(Failure::reset)];
  EXPECT_EQ(lost, static_cast<std::uint64_t>(server.seen() / 7));
  EXPECT_GT(measured->statuses[200], 0U);
  EXPECT_GE(measured->reconnects, lost);
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, ConnectsAgainWhenAnAnswerSaysSo) {
  SmallServer server([](int) { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; });
  const auto measured = run(options_for(server));
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_EQ(sum(measured->failures), 0U);
  EXPECT_EQ(measured->reconnects, sum(measured->all_statuses));
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, CountsWhatIsNoAnswer) {
  SmallServer server([](int number) {
    return number % 3 == 0 ? "what?\r\n\r\n" : number % 3 == 1 ? ok + "more" : ok;
  });
  const auto measured = run(options_for(server));
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_GT(measured->all_failures[static_cast<std::size_t>(Failure::malformed)], 0U);
  EXPECT_GT(measured->all_failures[static_cast<std::size_t>(Failure::unasked)], 0U);
  EXPECT_NE(measured->first_malformed.find("status line"), std::string::npos);
  EXPECT_GT(measured->all_statuses[200], 0U);
}

TEST(GeneratorTest, DoesNotWaitForEver) {
  SmallServer server([](int number) { return number == 5 ? "HTTP/1.1 200 OK\r\n" : ok; });
  auto options = options_for(server);
  options.timeout = milliseconds{150};
  options.duration = milliseconds{600};
  const auto measured = run(options);
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_EQ(measured->all_failures[static_cast<std::size_t>(Failure::timeout)], 1U);
  expect_nothing_lost(*measured);
}

TEST(GeneratorTest, SaysThatNobodyListens) {
  SmallServer server([](int) { return ok; });
  const auto options = options_for(server);
  server.stop();
  const auto measured = run(options);
  ASSERT_FALSE(measured);
  EXPECT_EQ(measured.error().code, ErrorCode::unavailable);
  EXPECT_NE(measured.error().message.find("refused"), std::string::npos) << measured.error().message;
}

TEST(GeneratorTest, GivesUpWhenTheServerWentAway) {
  SmallServer server([](int) { return ok; });
  auto options = options_for(server);
  options.duration = std::chrono::seconds{60};
  std::thread end([&] {
    std::this_thread::sleep_for(milliseconds{400});
    server.stop();
  });
  const auto measured = run(options);
  end.join();
  ASSERT_TRUE(measured) << measured.error().message;
  EXPECT_NE(measured->ended_early.find("no longer accepts"), std::string::npos);
  EXPECT_GT(measured->statuses[200], 0U);
  EXPECT_LT(measured->seconds, 50);
  expect_nothing_lost(*measured);
}

TEST(ReportTest, IsJsonWithTheNumbers) {
  SmallServer server([](int number) { return number == 40 ? "" : ok; });
  auto options = options_for(server);
  options.pid = ::getpid();
  const auto measured = run(options);
  ASSERT_TRUE(measured);
  const auto report = boost::json::parse(json_report(options, *measured));
  EXPECT_EQ(report.at("mode").as_string(), "closed");
  EXPECT_EQ(report.at("statuses").at("200").to_number<std::uint64_t>(), measured->statuses[200]);
  EXPECT_EQ(report.at("taken_us").at("count").to_number<std::uint64_t>(), measured->statuses[200]);
  EXPECT_EQ(report.at("whole_run").at("sent").to_number<std::uint64_t>(), measured->all_sent);
  EXPECT_EQ(report.at("requests").at(0).at("name").as_string(), "/");
  EXPECT_GT(report.at("server").at("rss_mib_peak").to_number<double>(), 1);
  EXPECT_EQ(report.at("samples").as_array().size(), measured->samples.size());
  EXPECT_NE(text_report(options, *measured).find(fmt::format("200×{}", measured->statuses[200])),
            std::string::npos);
}

}  // namespace
}  // namespace cloudcart::load
