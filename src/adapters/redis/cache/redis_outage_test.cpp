#include <gtest/gtest.h>

#include "adapters/redis/cache/redis_cache.h"
#include "runtime/event_loop.h"
#include "support/redis_server.h"
#include "support/redis_user.h"
#include "support/tcp_proxy.h"

namespace cloudcart {
namespace {

using test::RedisServer;
using test::RedisUser;

using Clock = std::chrono::steady_clock;

/// The limit of calls, and what a busy machine may add before a thread comes to its turn.
constexpr milliseconds limit{10}, slack{150};
/// In which a call that does not wait is over.
constexpr milliseconds at_once{5};

class RedisOutage : public testing::Test {
 protected:
  RedisCacheOptions options() const {
    return {.address = server.address(),
            .prefix = "shop",
            .call_limit = limit,
            .patience = milliseconds{200},
            .settling = milliseconds{0}};
  }
  template <class Call>
  static milliseconds time_of(Call call) {
    const auto started = Clock::now();
    call();
    return std::chrono::ceil<milliseconds>(Clock::now() - started);
  }
  /// Of many calls most are short, whoever else wants the processor.
  template <class Call>
  static milliseconds median_time_of(Call call) {
    std::vector<milliseconds> times;
    for (int i = 0; i < 21; ++i) times.push_back(time_of(call));
    std::ranges::sort(times);
    return times[10];
  }
  /// On a busy machine the server may be late for a moment at any time.
  static void do_until(const std::function<bool()>& done) { ASSERT_TRUE(test::within_time(done)); }

  RedisServer server;
};

TEST_F(RedisOutage, WithoutAServerCallsAreRefusedAtOnceUntilThereIsOne) {
  server.kill();
  std::unique_ptr<RedisUser> user;
  EXPECT_LE(time_of([&] { user = std::make_unique<RedisUser>(options()); }), slack);
  EXPECT_LE(median_time_of([&] { EXPECT_FALSE(user->ask({"teapot"})); }), at_once);
  EXPECT_LE(median_time_of([&] { EXPECT_FALSE(user->put("teapot", "green", 1)); }), at_once);
  EXPECT_LE(median_time_of([&] { EXPECT_FALSE(user->erase({"teapot"}, 1)); }), at_once);
  EXPECT_EQ(user->ask({"teapot"}).error().code, ErrorCode::unavailable);
  server.start();
  do_until([&] { return user->put("teapot", "green", 1) && user->get("teapot") == "green"; });
}

TEST_F(RedisOutage, AHungServerCostsOneCallItsLimitAndTheNextNothing) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  server.freeze();
  EXPECT_LE(time_of([&] { EXPECT_FALSE(user.ask({"teapot"})); }), limit + slack);
  EXPECT_FALSE(user.cache().is_up());
  EXPECT_LE(median_time_of([&] { EXPECT_FALSE(user.ask({"teapot"})); }), at_once);
  std::this_thread::sleep_for(milliseconds{700});
  EXPECT_LE(median_time_of([&] { EXPECT_FALSE(user.erase({"teapot"}, 1)); }), at_once)
      << "while it is tried to connect";
  server.thaw();
  EXPECT_TRUE(user.comes_up());
}

TEST_F(RedisOutage, AServerThatIsLateForAMomentKeepsItsConnection) {
  auto patient = options();
  patient.patience = seconds{20};
  RedisUser user(patient);
  ASSERT_TRUE(user.comes_up());
  const auto connections = [&] {
    const auto stats = server.ask({"INFO", "stats"});
    const std::string name = "total_connections_received:";
    return std::stoi(stats.substr(stats.find(name) + name.size()));
  };
  const auto before = connections();
  server.freeze();
  EXPECT_FALSE(user.ask({"teapot"}));
  server.thaw();
  ASSERT_TRUE(user.comes_up());
  EXPECT_EQ(connections(), before + 1) << "the second look itself is the one more";
}

TEST_F(RedisOutage, TheDeadlineOfARequestIsKept) {
  auto slow = options();
  slow.call_limit = seconds{10};
  RedisUser user(slow);
  ASSERT_TRUE(user.comes_up());
  const auto over = user.ask({"teapot"}, Clock::now() - milliseconds{1});
  EXPECT_EQ(over.error().code, ErrorCode::deadline_exceeded);
  server.freeze();
  Result<std::vector<std::optional<CacheEntry>>> answer;
  EXPECT_LE(time_of([&] { answer = user.ask({"teapot"}, Clock::now() + milliseconds{20}); }),
            milliseconds{20} + slack);
  EXPECT_EQ(answer.error().code, ErrorCode::deadline_exceeded);
  server.thaw();
}

TEST_F(RedisOutage, WhatWasErasedMeanwhileIsNotSeenAfterwards) {
  RedisUser user(options());
  do_until([&] { return user.put("teapot", "old", 1) && user.put("cup", "white", 1); });
  do_until([&] { return user.get("teapot") == "old"; });
  server.freeze();
  do_until([&] { return !user.ask({"cup"}) && !user.cache().is_up(); });
  ASSERT_FALSE(user.erase({"teapot"}, 2));
  ASSERT_FALSE(user.put("changes", "", 2));
  server.thaw();
  do_until([&] {
    const auto entries = user.ask({"teapot", "cup"});
    if (!entries) return false;
    EXPECT_FALSE((*entries)[0]);
    EXPECT_TRUE((*entries)[1]) << "what was not erased is still there";
    return true;
  });
  do_until([&] { return user.put("teapot", "old", 1); });
  EXPECT_EQ(user.get("teapot"), "");
}

TEST_F(RedisOutage, AnEraseThatIsLateForOneIsDoneBeforeItEndsAndOthersDoNotSeeWhatWasThere) {
  test::TcpProxy way(server.port());
  auto through = options();
  through.address.port = way.port();
  through.patience = through.word = seconds{20};
  RedisUser user(through), other(options());
  do_until([&] { return user.put("teapot", "old", 1) && other.get("teapot") == "old"; });
  do_until([&] { return user.get("teapot") == "old"; });
  way.set(test::TcpProxy::Mode::frozen);
  std::this_thread::sleep_for(2 * limit);  // until the proxy has seen it
  std::thread opening([&] {
    std::this_thread::sleep_for(5 * limit);
    way.set(test::TcpProxy::Mode::open);
  });
  (void)user.erase({"teapot"}, 2);
  std::string seen;
  do_until([&] {
    const auto entries = other.ask({"teapot"});
    if (entries && entries->front()) seen = entries->front()->value;
    return entries.has_value();
  });
  opening.join();
  EXPECT_EQ(seen, "");
}

TEST_F(RedisOutage, ALostEraseIsWaitedForUntilNobodyReadsAnyMore) {
  auto waiting = options();
  waiting.word = milliseconds{500};
  RedisUser user(waiting);
  ASSERT_TRUE(user.comes_up());
  ASSERT_TRUE(test::within_time([&] { return server.ask({"EXISTS", "shop/writers"}) == "1"; }));
  server.freeze();
  EXPECT_GE(time_of([&] { EXPECT_FALSE(user.erase({"teapot"}, 1)); }), waiting.word / 2);
  EXPECT_LE(median_time_of([&] { EXPECT_FALSE(user.erase({"teapot"}, 2)); }), at_once);
  server.thaw();
  ASSERT_TRUE(user.comes_up());
}

TEST_F(RedisOutage, WhatAWriterDidNotEraseBeforeItDiedIsNeverSeen) {
  test::TcpProxy way(server.port());
  auto through = options();
  through.address.port = way.port();
  auto impatient = options();
  impatient.writer_gone_after = milliseconds{300};
  auto user = std::make_unique<RedisUser>(through);
  RedisUser other(impatient);
  do_until([&] { return user->put("teapot", "old", 1) && other.get("teapot") == "old"; });
  do_until([&] { return server.ask({"ZCARD", "shop/writers"}) == "2"; });
  way.set(test::TcpProxy::Mode::frozen);
  do_until([&] { return !user->ask({"teapot"}) && !user->cache().is_up(); });
  ASSERT_FALSE(user->erase({"teapot"}, 2));
  EXPECT_EQ(other.get("teapot"), "") << "while one's word has ended nobody reads";
  user.reset();
  do_until([&] {
    EXPECT_NE(other.get("teapot"), "old");
    return server.ask({"ZCARD", "shop/writers"}) == "1" && other.put("teapot", "new", 2) &&
           other.get("teapot") == "new";
  });
}

TEST_F(RedisOutage, AWriterThatLeavesInPeaceTakesNothingWithIt) {
  auto user = std::make_unique<RedisUser>(options());
  RedisUser other(options());
  do_until([&] { return user->put("teapot", "green", 1) && other.get("teapot") == "green"; });
  do_until([&] { return server.ask({"ZCARD", "shop/writers"}) == "2"; });
  user.reset();
  EXPECT_EQ(server.ask({"ZCARD", "shop/writers"}), "1");
  do_until([&] { return other.ask({"teapot"}).has_value(); });
  do_until([&] { return other.get("teapot") == "green"; });
}

TEST_F(RedisOutage, WithoutTheListOfWritersNobodyReadsWhatWasKeptUnderIt) {
  RedisUser user(options());
  do_until([&] { return user.put("teapot", "green", 1) && user.get("teapot") == "green"; });
  do_until([&] { return server.ask({"HGET", "shop/floors", "writers"}) == "1"; });
  ASSERT_EQ(server.ask({"DEL", "shop/writers"}), "1");
  do_until([&] { return server.ask({"EXISTS", "shop/writers"}) == "1"; });
  do_until([&] { return user.ask({"teapot"}).has_value(); });
  EXPECT_EQ(user.get("teapot"), "");
  do_until([&] { return user.put("teapot", "green", 1) && user.get("teapot") == "green"; });
}

TEST_F(RedisOutage, AWriteOfAConnectionThatBrokeIsDoneByTheNext) {
  auto slow = options();
  slow.call_limit = seconds{20};
  RedisUser user(slow);
  ASSERT_TRUE(user.comes_up());
  ASSERT_TRUE(user.put("teapot", "old", 1));
  server.ask({"SAVE"});
  server.freeze();
  // Sent, and lost with the server.
  EventLoop loop("eraser");
  loop.start();
  std::atomic<bool> answered = false;
  Status erased;
  loop.post([&] {
    start(user.cache().erase({"teapot"}, 2, Deadline::max()), [&](auto outcome) {
      erased = std::get<0>(std::move(outcome));
      answered = true;
    });
  });
  std::this_thread::sleep_for(milliseconds{30});
  server.kill();
  ASSERT_TRUE(test::within_time([&] { return answered.load(); }));
  EXPECT_FALSE(erased);
  server.start();
  ASSERT_TRUE(test::within_time([&] { return user.put("teapot", "old", 1); }));
  EXPECT_EQ(user.get("teapot"), "");
  EXPECT_TRUE(user.put("teapot", "new", 2));
  EXPECT_EQ(user.get("teapot"), "new");
}

TEST_F(RedisOutage, TooManyErasesGiveUpAllThatIsOlderForEveryone) {
  auto forgetful = options();
  forgetful.max_lost_bytes = 2'000;
  RedisUser user(forgetful), other(options());
  do_until([&] { return user.put("teapot", "old", 1) && other.get("teapot") == "old"; });
  server.freeze();
  do_until([&] { return !user.ask({"cup"}) && !user.cache().is_up(); });
  EXPECT_FALSE(user.erase({"teapot"}, 2));
  for (Version version = 3; version < 100; ++version)
    EXPECT_FALSE(user.erase({"key " + std::to_string(version)}, version));
  server.thaw();
  do_until([&] { return user.ask({"teapot"}).has_value(); });
  EXPECT_EQ(user.get("teapot"), "");
  do_until([&] { return other.ask({"teapot"}).has_value(); });
  EXPECT_EQ(other.get("teapot"), "");
  do_until([&] { return other.put("teapot", "new", 99) && other.get("teapot") == "new"; });
}

TEST_F(RedisOutage, MoreCallsThanTheBoundAreRefused) {
  auto narrow = options();
  narrow.call_limit = seconds{20};
  narrow.max_calls = 50;
  RedisUser user(narrow);
  ASSERT_TRUE(user.comes_up());
  ASSERT_TRUE(user.put("teapot", "old", 1));
  server.freeze();
  EventLoop loop("callers");
  loop.start();
  std::atomic<int> refused = 0, served = 0;
  for (int i = 0; i < 80; ++i)
    loop.post([&] {
      start(user.cache().get({"teapot"}, Deadline::max()),
            [&](auto outcome) { ++(std::get<0>(outcome) ? served : refused); });
    });
  EXPECT_TRUE(test::within_time([&] { return refused == 30; }));
  EXPECT_FALSE(user.erase({"teapot"}, 2));
  server.thaw();
  EXPECT_TRUE(test::within_time([&] { return served == 50; }));
  EXPECT_EQ(user.get("teapot"), "") << "the erase that was refused is made up for";
}

TEST_F(RedisOutage, AServerThatTakesNoWritesIsNotUsed) {
  RedisUser user(options());
  do_until([&] { return user.put("teapot", "old", 1); });
  server.ask({"REPLICAOF", "127.0.0.1", "1"});
  do_until([&] { return !user.erase({"teapot"}, 2); });
  std::this_thread::sleep_for(milliseconds{100});
  EXPECT_FALSE(user.cache().is_up());
  server.ask({"REPLICAOF", "NO", "ONE"});
  do_until([&] { return user.ask({"teapot"}).has_value(); });
  EXPECT_EQ(user.get("teapot"), "");
}

TEST_F(RedisOutage, EndsWithCallsUnderWay) {
  auto slow = options();
  slow.call_limit = seconds{60};
  auto user = std::make_unique<RedisUser>(slow);
  ASSERT_TRUE(user->comes_up());
  server.freeze();
  EventLoop loop("callers");
  loop.start();
  std::atomic<int> refused = 0;
  std::atomic<int> begun = 0;
  for (int i = 0; i < 20; ++i)
    loop.post([&] {
      start(user->cache().get({"teapot"}, Deadline::max()),
            [&](auto outcome) { refused += std::get<0>(outcome) ? 0 : 1; });
      ++begun;
    });
  ASSERT_TRUE(test::within_time([&] { return begun == 20; }));
  EXPECT_LE(time_of([&] { user.reset(); }), seconds{2});
  EXPECT_TRUE(test::within_time([&] { return refused == 20; }));
}

TEST_F(RedisOutage, EndsWhileItTriesToConnect) {
  server.freeze();
  auto patient = options();
  patient.patience = seconds{60};
  auto user = std::make_unique<RedisUser>(patient);
  std::this_thread::sleep_for(milliseconds{50});
  EXPECT_LE(time_of([&] { user.reset(); }), seconds{2});
}

}  // namespace
}  // namespace cloudcart
