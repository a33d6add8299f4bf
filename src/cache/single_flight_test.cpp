#include "cache/single_flight.h"

#include <gtest/gtest.h>

namespace cloudcart {
namespace {

class SingleFlightTest : public testing::Test {
 protected:
  /// Loads `key` for `length` when it leads.
  Task<void> visit(std::string key, milliseconds length) {
    const auto turn = co_await flights.enter(key);
    ++(turn.leads() ? led : waited);
    if (turn.leads()) co_await sleep_until(Executor::current()->now() + length);
    ++done;
  }
  void start_visit(std::string key, milliseconds length = seconds{1}) {
    start(visit(std::move(key), length), [](auto) {});
  }

  ManualExecutor executor{true};
  Executor::Scope scope{executor};
  SingleFlight flights;
  int led = 0, waited = 0, done = 0;
};

TEST_F(SingleFlightTest, OneLeadsAndTheOthersWaitForIt) {
  for (int i = 0; i < 10; ++i) start_visit("teapot");
  executor.run_until([&] { return led == 1; });
  EXPECT_EQ(done, 0);
  executor.run_until([&] { return done == 10; });
  EXPECT_EQ(led, 1);
  EXPECT_EQ(waited, 9);
}

TEST_F(SingleFlightTest, OtherKeysDoNotWait) {
  start_visit("teapot");
  start_visit("cup");
  executor.run_until([&] { return done == 2; });
  EXPECT_EQ(led, 2);
}

TEST_F(SingleFlightTest, TheNextOneAfterTheEndLeadsAgain) {
  start_visit("teapot");
  executor.run_until([&] { return done == 1; });
  start_visit("teapot");
  executor.run_until([&] { return done == 2; });
  EXPECT_EQ(led, 2);
}

}  // namespace
}  // namespace cloudcart
