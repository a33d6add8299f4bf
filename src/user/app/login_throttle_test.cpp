#include "user/app/login_throttle.h"

#include <thread>

#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace cloudcart::user {
namespace {

class LoginThrottleTest : public testing::Test {
 protected:
  test::FakeClock clock;
  ThrottleOptions options{
      .account = {3, seconds{60}}, .address = {6, seconds{10}}, .longest_wait = seconds{8}};
  LoginThrottle throttle{clock, options};
  const TenantId shop{"main"};

  seconds wait_of(const std::string& email, const std::string& address = "10.0.0.1") {
    const auto status = throttle.admit(shop, email, address);
    if (status) return seconds{0};
    EXPECT_EQ(status.error().code, ErrorCode::rate_limited);
    return status.error().retry_after;
  }
  void fail_freely(const std::string& email, int times, const std::string& address = "10.0.0.1") {
    for (int i = 0; i < times; ++i) ASSERT_TRUE(throttle.admit(shop, email, address));
  }
};

TEST_F(LoginThrottleTest, BacksOffDoublingAndNeverBeyondTheLongestWait) {
  fail_freely("ada", 4);
  for (const int expected : {1, 2, 4, 8, 8, 8}) {
    EXPECT_EQ(wait_of("ada"), seconds{expected});
    EXPECT_EQ(wait_of("ada"), seconds{expected}) << "asking while blocked costs nothing";
    clock.advance(seconds{expected} - milliseconds{1});
    EXPECT_EQ(wait_of("ada"), seconds{1}) << "rounded up";
    clock.advance(milliseconds{1});
    ASSERT_TRUE(throttle.admit(shop, "ada", std::to_string(expected))) << "waiting is always enough";
  }
}

TEST_F(LoginThrottleTest, OtherAccountsAndTenantsAreNotHeldUp) {
  fail_freely("ada", 4);
  EXPECT_NE(wait_of("ada"), seconds{0});
  EXPECT_TRUE(throttle.admit(shop, "eve", "10.0.0.1"));
  EXPECT_TRUE(throttle.admit({"other"}, "ada", "10.0.0.1"));
}

TEST_F(LoginThrottleTest, AnAddressThatTriesManyAccountsIsHeldUp) {
  for (int i = 0; i < 7; ++i) fail_freely("guess" + std::to_string(i), 1);
  EXPECT_NE(wait_of("another"), seconds{0});
  EXPECT_EQ(wait_of("another", "10.0.0.2"), seconds{0});
}

TEST_F(LoginThrottleTest, SuccessResetsTheAccountButBuysTheAddressNothing) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(throttle.admit(shop, "ada", "10.0.0.1")) << "success after success is no guessing";
    throttle.succeeded(shop, "ada", "10.0.0.1");
  }
  for (int i = 0; i < 7; ++i) {
    fail_freely("guess" + std::to_string(i), 1);
    if (i == 6) break;
    ASSERT_TRUE(throttle.admit(shop, "ada", "10.0.0.1"));
    throttle.succeeded(shop, "ada", "10.0.0.1");
  }
  EXPECT_NE(wait_of("ada"), seconds{0}) << "seven guesses between the successes";
}

TEST_F(LoginThrottleTest, StrangersDoNotHoldUpTheOwnerAtTheUsualPlace) {
  const auto sign_in = [&](const std::string& address) {
    const auto status = throttle.admit(shop, "ada", address);
    if (status) throttle.succeeded(shop, "ada", address);
    return status.has_value();
  };
  ASSERT_TRUE(sign_in("home"));
  for (int i = 0; i < 20; ++i) {
    while (throttle.admit(shop, "ada", "elsewhere " + std::to_string(i))) {
    }
    EXPECT_TRUE(sign_in("home")) << "round " << i;
    EXPECT_FALSE(sign_in("elsewhere"))
        << "round " << i << ": what the owner does resets nothing for strangers";
    clock.advance(seconds{8});
  }
}

TEST_F(LoginThrottleTest, AtTheUsualPlaceGuessesAreCountedAsWell) {
  ASSERT_TRUE(throttle.admit(shop, "ada", "home"));
  throttle.succeeded(shop, "ada", "home");
  fail_freely("ada", 4, "home");
  EXPECT_EQ(wait_of("ada", "home"), seconds{1});
  EXPECT_EQ(wait_of("ada", "elsewhere"), seconds{0});
  clock.advance(seconds{1});
  ASSERT_TRUE(throttle.admit(shop, "ada", "home"));
  throttle.succeeded(shop, "ada", "home");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(throttle.admit(shop, "ada", "home"));
    throttle.undecided(shop, "ada", "home");
  }
}

TEST_F(LoginThrottleTest, WhatWasNotDecidedDoesNotCount) {
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(throttle.admit(shop, "ada", "10.0.0.1"));
    throttle.undecided(shop, "ada", "10.0.0.1");
  }
}

TEST_F(LoginThrottleTest, FailuresAreForgottenOneByOne) {
  fail_freely("ada", 3);
  clock.advance(seconds{60});
  fail_freely("ada", 1);
  fail_freely("ada", 1);
  EXPECT_NE(wait_of("ada"), seconds{0}) << "only one of three was forgotten";
  clock.advance(seconds{3600});
  fail_freely("ada", 3);
}

TEST_F(LoginThrottleTest, AttemptsAtOnceAreCountedBeforeTheyEnd) {
  fail_freely("ada", 4);
  EXPECT_NE(wait_of("ada"), seconds{0}) << "none of the four has failed yet";
}

TEST_F(LoginThrottleTest, RemembersABoundedNumber) {
  options.entries = 2;
  LoginThrottle small(clock, options);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(small.admit(shop, "ada", "a"));
  EXPECT_FALSE(small.admit(shop, "ada", "b"));
  ASSERT_TRUE(small.admit(shop, "bob", "b"));
  ASSERT_TRUE(small.admit(shop, "eve", "c"));
  EXPECT_TRUE(small.admit(shop, "ada", "d")) << "the idlest made room";

  for (const auto* address : {"home", "office", "train"}) {
    clock.advance(seconds{600});
    ASSERT_TRUE(small.admit(shop, "ada", address));
    small.succeeded(shop, "ada", address);
  }
  while (small.admit(shop, "ada", "elsewhere")) {
  }
  EXPECT_FALSE(small.admit(shop, "ada", "home")) << "the idlest place is forgotten";
  EXPECT_TRUE(small.admit(shop, "ada", "office"));
}

TEST_F(LoginThrottleTest, IsSafeBetweenThreads) {
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i)
        admitted += throttle.admit(shop, "ada", std::to_string(t * 100 + i)).has_value();
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 4) << "three free ones, and the one that begins the waiting";
}

}  // namespace
}  // namespace cloudcart::user
