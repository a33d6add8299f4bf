#include "adapters/postgres/store/connection.h"

#include <functional>
#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "support/postgres_schema.h"

namespace cloudcart::postgres {
namespace {

using namespace std::chrono_literals;

/// A limit has run out, and the loop has yet to say so, when something else is done: both were due when it looked.
class PostgresConnectionTest : public testing::Test {
 protected:
  PostgresConnectionTest() { loop.start(); }

  /// What `body` answers, run on the loop with a connection when its limit is due; or why it failed.
  std::string when_due(std::function<Task<std::string>(std::optional<Connection>&)> body) {
    return sync_wait(run_when_due(std::move(body)));
  }

 private:
  Task<std::string> run_when_due(std::function<Task<std::string>(std::optional<Connection>&)> body) {
    Executor& home = *Executor::current();
    co_await resume_on(loop);
    std::string answer;
    try {
      std::optional<Connection> connection;
      co_await open_until_due(connection);
      answer = co_await body(connection);
    } catch (const Failure& failure) {
      answer = failure.what();
    }
    co_await resume_on(home);
    co_return answer;
  }

  Task<void> open_until_due(std::optional<Connection>& connection) {
    const auto options = schema.options();
    connection.emplace(loop);
    connection->wait_until(loop.now() + 20s);
    co_await connection->open({.url = options.url,
                               .schema = options.schema,
                               .application_name = "connection_test",
                               .statement_timeout = 10s});
    const auto due = loop.now() + 5ms;
    connection->wait_until(due + 1ms);
    loop.post([] { std::this_thread::sleep_for(20ms); });
    co_await sleep_until(due);
  }

 protected:
  EventLoop loop{"pg-test"};

 private:
  const test::PostgresSchema schema;
};

TEST_F(PostgresConnectionTest, AnEarlierLimitDoesNotEndALaterCall) {
  const auto ask = [this](std::optional<Connection>& connection) -> Task<std::string> {
    connection->wait_until(loop.now() + 20s);
    const auto statement = query("SELECT 'here'");
    const auto rows = co_await connection->exchange({&statement});
    co_return std::string{rows[0][0].text(0)};
  };
  EXPECT_EQ(when_due(ask), "here");
}

/// AddressSanitizer sees what this is about.
TEST_F(PostgresConnectionTest, OneThatIsGoneIsNotTouchedWhenItsLimitEnds) {
  const auto let_go = [](std::optional<Connection>& connection) -> Task<std::string> {
    connection.reset();
    co_await let_others_go();
    co_return "gone";
  };
  EXPECT_EQ(when_due(let_go), "gone");
}

}  // namespace
}  // namespace cloudcart::postgres
