#include "adapters/redis/cache/redis_cache.h"

#include <random>

#include <gtest/gtest.h>

#include "core/random.h"
#include "runtime/event_loop.h"
#include "support/redis_server.h"
#include "support/redis_user.h"

namespace cloudcart {
namespace {

using test::RedisServer;
using test::RedisUser;

class RedisCacheTest : public testing::Test {
 protected:
  /// The machine may be busy, so calls get time.
  RedisCacheOptions options(milliseconds settling = milliseconds{0}) const {
    return {.address = server.address(), .prefix = "shop", .call_limit = seconds{5}, .settling = settling};
  }

  RedisServer server;
};

TEST_F(RedisCacheTest, ProcessesWithOnePrefixShareOneCacheAndOthersDoNot) {
  RedisUser one(options()), two(options());
  auto elsewhere = options();
  elsewhere.prefix = "shop2";
  RedisUser other(elsewhere);
  ASSERT_TRUE(one.comes_up() && two.comes_up() && other.comes_up());
  ASSERT_TRUE(one.put("teapot", "green", 3));
  EXPECT_EQ(two.get("teapot"), "green");
  EXPECT_EQ(other.get("teapot"), "");
  ASSERT_TRUE(two.erase({"teapot"}, 4));
  ASSERT_TRUE(one.put("teapot", "green", 3));
  EXPECT_EQ(one.get("teapot"), "");
}

TEST_F(RedisCacheTest, KeysAndValuesAreBytes) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  const std::string key{"\r\n$5\0 \xff", 7}, value(300'000, '\0');
  ASSERT_TRUE(user.put(key, value, 1));
  EXPECT_EQ(user.get(key), value);
}

TEST_F(RedisCacheTest, ManyKeysAreAskedAndErasedInPieces) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  std::vector<std::string> keys;
  for (int i = 0; i < 1'203; ++i) {
    keys.push_back("key " + std::to_string(i));
    if (i % 3 == 0) ASSERT_TRUE(user.put(keys.back(), std::to_string(i), 1));
  }
  const auto entries = user.ask(keys);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ((*entries)[i].has_value(), i % 3 == 0) << i;
    if (i % 3 == 0) EXPECT_EQ((*entries)[i]->value, std::to_string(i));
  }
  ASSERT_TRUE(user.erase(keys, 2));
  for (const auto& entry : *user.ask(keys)) EXPECT_FALSE(entry);
}

TEST_F(RedisCacheTest, AnEvictedEntryDoesNotComeBackOlder) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  ASSERT_TRUE(user.put("teapot", "new", 2));
  ASSERT_EQ(server.ask({"DEL", "shop:teapot"}), "1");
  ASSERT_TRUE(user.put("teapot", "old", 1));
  EXPECT_EQ(user.get("teapot"), "");
  ASSERT_TRUE(user.put("teapot", "new", 2));
  EXPECT_EQ(user.get("teapot"), "new");
}

TEST_F(RedisCacheTest, AValueTooLargeIsNotKeptAndKeepsOlderOnesOut) {
  auto small = options();
  small.max_value_bytes = 100;
  RedisUser user(small);
  ASSERT_TRUE(user.comes_up());
  ASSERT_TRUE(user.put("teapot", "old", 1));
  ASSERT_TRUE(user.put("teapot", std::string(101, 'x'), 2));
  EXPECT_EQ(user.get("teapot"), "");
  ASSERT_TRUE(user.put("teapot", "old", 1));
  EXPECT_EQ(user.get("teapot"), "");
}

TEST_F(RedisCacheTest, AFlushBringsNothingBackThatWasErased) {
  RedisUser reader(options(milliseconds{300})), writer(options(milliseconds{300}));
  ASSERT_TRUE(reader.comes_up() && writer.comes_up());
  std::this_thread::sleep_for(milliseconds{310});
  ASSERT_TRUE(reader.put("cup", "white", 4));
  ASSERT_EQ(reader.get("cup"), "white");
  ASSERT_TRUE(writer.erase({"teapot"}, 6));
  server.ask({"FLUSHALL"});
  EXPECT_EQ(reader.get("cup"), "");
  // Read before the erase, and it is the first that the flushed server hears of.
  ASSERT_TRUE(reader.put("teapot", "old", 5));
  EXPECT_EQ(reader.get("teapot"), "");
  ASSERT_TRUE(writer.put("cup", "white", 7));
  EXPECT_EQ(writer.get("cup"), "") << "nothing is kept until it has settled";
  std::this_thread::sleep_for(milliseconds{310});
  ASSERT_TRUE(reader.put("teapot", "old", 5));
  EXPECT_EQ(reader.get("teapot"), "")
      << "below what came by meanwhile, even from one who is later than agreed";
  ASSERT_TRUE(reader.put("teapot", "new", 7));
  EXPECT_EQ(writer.get("teapot"), "new");
}

TEST_F(RedisCacheTest, EntriesWhoseFloorsAreLostAreNotShown) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  ASSERT_TRUE(user.put("teapot", "green", 3));
  ASSERT_EQ(server.ask({"DEL", "shop/floors"}), "1");
  EXPECT_EQ(user.get("teapot"), "");
  ASSERT_TRUE(user.put("cup", "white", 1));
  EXPECT_EQ(user.get("cup"), "white");
  EXPECT_EQ(user.get("teapot"), "") << "of another life";
  ASSERT_TRUE(user.put("teapot", "red", 2));
  EXPECT_EQ(user.get("teapot"), "red") << "what can't be seen is in nobody's way";
}

TEST_F(RedisCacheTest, AServerThatComesBackWithASnapshotBringsNothingBack) {
  RedisUser user(options(milliseconds{300}));
  ASSERT_TRUE(user.comes_up());
  std::this_thread::sleep_for(milliseconds{310});
  ASSERT_TRUE(user.put("teapot", "old", 1));
  ASSERT_EQ(user.get("teapot"), "old");
  ASSERT_EQ(server.ask({"SAVE"}), "OK");
  ASSERT_TRUE(user.erase({"teapot"}, 2));
  server.kill();
  server.start();
  ASSERT_EQ(server.ask({"EXISTS", "shop:teapot"}), "1");
  RedisUser another(options(milliseconds{300}));
  ASSERT_TRUE(another.comes_up());
  ASSERT_TRUE(test::within_time([&] { return user.ask({"teapot"}).has_value(); }));
  EXPECT_EQ(user.get("teapot"), "");
  EXPECT_EQ(another.get("teapot"), "");
  another.put("teapot", "old", 1);
  EXPECT_EQ(another.get("teapot"), "");
  std::this_thread::sleep_for(milliseconds{310});
  ASSERT_TRUE(user.put("teapot", "new", 2));
  EXPECT_EQ(another.get("teapot"), "new");
}

TEST_F(RedisCacheTest, AFullServerTakesErasesAndGoesOnAnswering) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  ASSERT_TRUE(user.put("teapot", "old", 1));
  ASSERT_TRUE(user.put("cup", "white", 1));
  server.ask({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_FALSE(user.put("teapot", "new", 2));
  EXPECT_EQ(user.get("teapot"), "") << "what could not be put is newer";
  EXPECT_EQ(user.get("cup"), "white");
  EXPECT_TRUE(user.erase({"cup"}, 2));
  EXPECT_EQ(user.get("cup"), "");
  server.ask({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(user.put("teapot", "new", 2));
  EXPECT_EQ(user.get("teapot"), "new");
}

TEST_F(RedisCacheTest, AServerThatForgetsItsScriptsIsTaughtThemAgain) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  server.ask({"SCRIPT", "FLUSH"});
  ASSERT_TRUE(user.put("teapot", "green", 1));
  EXPECT_EQ(user.get("teapot"), "green");
  server.ask({"SCRIPT", "FLUSH"});
  ASSERT_TRUE(user.erase({"teapot"}, 2));
  EXPECT_EQ(user.get("teapot"), "");
}

TEST_F(RedisCacheTest, AKeyThatSomebodyElseUsesIsNoTrouble) {
  RedisUser user(options());
  ASSERT_TRUE(user.comes_up());
  server.ask({"HSET", "shop:teapot", "field", "1"});
  server.ask({"SET", "shop:cup", "1"});
  EXPECT_EQ(user.get("teapot") + user.get("cup"), "");
  ASSERT_TRUE(user.erase({"teapot"}, 1));
  ASSERT_TRUE(user.put("teapot", "green", 1));
  ASSERT_TRUE(user.put("cup", "white", 1));
  EXPECT_EQ(user.get("teapot") + user.get("cup"), "greenwhite");
}

/// A store, readers and writers of several processes, while connections are cut, scripts forgotten and everything is flushed:
/// whoever asks after an erase was answered sees nothing older.
class NeverBackInTime : public RedisCacheTest {
 protected:
  static constexpr int key_count = 5;
  static constexpr milliseconds longest_load{40};

  /// What the erases that were answered promise.
  std::array<std::atomic<Version>, key_count> promised{};
  std::mutex store;
  std::array<Version, key_count> stored{};
  Version last_change = 0;
  std::atomic<int> hits{0}, offences{0};
  std::atomic<bool> over{false};

  static std::string key_of(std::size_t i) { return "key " + std::to_string(i); }

  Version commit(std::size_t i) {
    const std::scoped_lock lock(store);
    return stored[i] = ++last_change;
  }
  CacheEntry read(std::size_t i) {
    const std::scoped_lock lock(store);
    return {std::to_string(stored[i]), last_change};
  }
  Task<void> change(Cache& cache, std::size_t i) {
    const auto version = commit(i);
    if (co_await cache.erase({key_of(i)}, version, Deadline::max())) raise(promised[i], version);
  }
  Task<void> look(Cache& cache, std::size_t i, milliseconds load) {
    const auto at_least = promised[i].load();
    const auto entries = co_await cache.get({key_of(i)}, Deadline::max());
    if (entries && entries->front()) {
      ++hits;
      if (std::stoll(entries->front()->value) < at_least) ++offences;
      co_return;
    }
    auto entry = read(i);
    co_await sleep_until(Executor::current()->now() + load);
    (void)co_await cache.put_if_newer(key_of(i), std::move(entry), seconds{60}, Deadline::max());
  }
  Task<void> visit(Cache& cache, std::uint64_t seed) {
    Random random(7, seed);
    while (!over) {
      const auto i = static_cast<std::size_t>(random.below(key_count));
      if (random.percent(10))
        co_await change(cache, i);
      else
        co_await look(cache, i,
                      milliseconds{random.percent(10) ? random.between(0, longest_load.count()) : 0});
      co_await sleep_until(Executor::current()->now() + milliseconds{random.between(0, 3)});
    }
  }
  static void raise(std::atomic<Version>& to, Version version) {
    auto known = to.load();
    while (known < version && !to.compare_exchange_weak(known, version)) {
    }
  }
};

TEST_F(NeverBackInTime, WhateverHappensToTheServer) {
  constexpr milliseconds settling{150};
  RedisUser one(options(settling)), two(options(settling));
  EventLoop loop_one("visitors-1"), loop_two("visitors-2");
  loop_one.start();
  loop_two.start();
  std::atomic<int> running = 64;
  for (std::uint64_t seed = 0; seed < 64; ++seed) {
    auto& loop = seed % 2 ? loop_one : loop_two;
    auto& cache = (seed % 4 < 2 ? one : two).cache();
    loop.post([this, &cache, &running, seed] { start(visit(cache, seed), [&](auto) { --running; }); });
  }
  Random random(8, std::random_device{}());
  for (int round = 0; round < 12; ++round) {
    std::this_thread::sleep_for(milliseconds{random.between(100, 500)});
    switch (random.below(4)) {
      case 0:
        server.ask({"FLUSHALL"});
        break;
      case 1:
        server.ask({"CLIENT", "KILL", "TYPE", "normal"});
        break;
      case 2:
        server.ask({"SCRIPT", "FLUSH"});
        break;
      default:
        server.ask({"SAVE"});
        server.kill();
        server.start();
    }
  }
  over = true;
  ASSERT_TRUE(test::within_time([&] { return running == 0; }));
  EXPECT_EQ(offences, 0);
  EXPECT_GT(hits, 100);
}

/// A server that lets nobody in without a password.
class SecuredRedisTest : public testing::Test {
 protected:
  RedisCacheOptions options(ServerAddress address) const {
    return {.address = std::move(address),
            .ca_file = certificate.file(),
            .prefix = "shop",
            .call_limit = seconds{5},
            .settling = milliseconds{0}};
  }
  const test::Certificate certificate{"IP:127.0.0.1"};
  test::RedisServer server{certificate, "open sesame"};
};

TEST_F(SecuredRedisTest, IsSpokenToWithItsPassword) {
  test::RedisUser user(options(server.address()));
  EXPECT_TRUE(
      test::within_time([&] { return user.put("teapot", "blue", 1) && user.get("teapot") == "blue"; }));
}

TEST_F(SecuredRedisTest, IsSpokenToByTls) {
  test::RedisUser user(options(server.tls_address()));
  const std::string large(300'000, 'x');
  EXPECT_TRUE(test::within_time([&] { return user.put("teapot", large, 1) && user.get("teapot") == large; }));
}

TEST_F(SecuredRedisTest, ANamedUserSignsInAsThatUser) {
  server.ask({"ACL", "SETUSER", "shop", "on", ">its own", "~shop*", "&*", "+@all"});
  auto address = server.tls_address();
  address.user = "shop";
  address.password = "its own";
  test::RedisUser user(options(address));
  EXPECT_TRUE(
      test::within_time([&] { return user.put("teapot", "blue", 1) && user.get("teapot") == "blue"; }));
  EXPECT_NE(server.ask({"CLIENT", "LIST"}).find("user=shop"), std::string::npos);
}

TEST_F(SecuredRedisTest, WithoutPasswordOrTrustItIsNotUsed) {
  auto wrong = server.address();
  wrong.password = "sesame";
  auto not_believed = options(server.tls_address());
  not_believed.ca_file.clear();
  test::RedisUser guesser(options(wrong)), doubter(not_believed), friendly(options(server.tls_address()));
  EXPECT_TRUE(test::within_time([&] { return friendly.cache().is_up(); }));
  // Each has been turned away by then, or is so at the next try.
  EXPECT_TRUE(test::within_time(
      [&] { return server.ask({"INFO", "errorstats"}).find("errorstat_WRONGPASS") != std::string::npos; }));
  EXPECT_FALSE(guesser.cache().is_up());
  EXPECT_FALSE(doubter.cache().is_up());
}

TEST_F(SecuredRedisTest, AuthoritiesThatCannotBeReadAreRefusedAtOnce) {
  auto unreadable = options(server.tls_address());
  unreadable.ca_file = "/nowhere/ca.pem";
  EXPECT_THROW(RedisCache{unreadable}, std::runtime_error);
}

}  // namespace
}  // namespace cloudcart
