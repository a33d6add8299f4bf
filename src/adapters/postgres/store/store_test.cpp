#include "adapters/postgres/store/store.h"

#include <thread>

#include <gtest/gtest.h>

#include "adapters/postgres/store/migrate.h"
#include "runtime/await_all.h"
#include "runtime/metrics.h"
#include "support/engines.h"
#include "support/postgres_schema.h"
#include "support/tcp_proxy.h"

namespace cloudcart::postgres {
namespace {

using namespace std::chrono_literals;
using test::TcpProxy;

constexpr auto no_deadline = MonotonicTime::max();

MonotonicTime in(milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

/// Where the test server's port stands in its address.
struct PortInUrl {
  explicit PortInUrl(const std::string& url) : begin(url.rfind(':') + 1), end(url.find('/', begin)) {}
  std::size_t begin, end;
};

std::uint16_t port_of(const std::string& url) {
  const PortInUrl at(url);
  return static_cast<std::uint16_t>(std::stoi(url.substr(at.begin, at.end - at.begin)));
}

StoreOptions through(const TcpProxy& proxy, StoreOptions options) {
  const PortInUrl at(options.url);
  options.url.replace(at.begin, at.end - at.begin, std::to_string(proxy.port()));
  options.patience = 500ms;
  options.connect_timeout = 300ms;
  return options;
}

Status insert(Store& store, std::int64_t id, MonotonicTime deadline = no_deadline) {
  return sync_wait(store.write(deadline, [id](Session& session) -> Task<Status> {
    co_await session.run("INSERT INTO entry(id, value) VALUES($1, 'v')", id);
    co_return Status{};
  }));
}

std::int64_t count(Store& store) {
  return sync_wait(store.ask(no_deadline, query("SELECT count(*) FROM entry"))).value()[0].integer(0);
}

/// Both read, then both write what the other has read: serializable lets one of them pass and the other try again.
Task<Status> increment(Store& store, Isolation isolation) {
  co_return co_await store.write(
      in(20s),
      [](Session& session) -> Task<Status> {
        const auto rows = co_await session.run("SELECT value::bigint FROM entry WHERE id = 1");
        co_await session.run("UPDATE entry SET value = ($1::bigint)::text WHERE id = 1",
                             rows[0].integer(0) + 1);
        co_return Status{};
      },
      {.isolation = isolation, .unhurried = true});
}

bool becomes(const Store& store, bool reachable) {
  for (const auto give_up = in(10s); store.is_reachable() != reachable;) {
    if (in(0ms) > give_up) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

class PostgresStoreTest : public testing::Test {
 protected:
  test::PostgresSchema schema;
};

TEST_F(PostgresStoreTest, AnsweredWritesAreVisible) {
  Store store(schema.options(), "store_test");
  ASSERT_TRUE(insert(store, 1));
  EXPECT_EQ(count(store), 1);
}

TEST_F(PostgresStoreTest, ValuesComeBackAsTheyWent) {
  Store store(schema.options(), "store_test");
  const auto id = Uuid::parse("0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b").value();
  const std::string bytes("\0\xFF'\\", 4);
  const auto rows = sync_wait(store.ask(
      no_deadline,
      query("SELECT $1, $2, $3, $4, $5, $6, $7, cardinality($8), $9[2] IS NULL, $10[2], $11[1], 7::int, "
            "$12[2], $13[2]",
            std::int64_t{-1} << 62, true, 0.1, "é'\\", Bytes{bytes}, id, std::optional<std::int64_t>{},
            std::vector<std::int64_t>{}, std::vector<std::optional<std::string>>{"a", std::nullopt},
            std::vector<std::int64_t>{1, -2}, std::vector<Uuid>{id}, std::vector<std::string>{"x", ""},
            std::vector<bool>{true, false})));
  ASSERT_TRUE(rows) << rows.error().message;
  const auto row = (*rows)[0];
  EXPECT_EQ(row.integer(0), std::int64_t{-1} << 62);
  EXPECT_TRUE(row.boolean(1));
  EXPECT_EQ(row.real(2), 0.1);
  EXPECT_EQ(row.text(3), "é'\\");
  EXPECT_EQ(row.text(4), bytes);
  EXPECT_EQ(row.text(5), id.as_bytes());
  EXPECT_EQ(row.optional_integer(6), std::nullopt);
  EXPECT_EQ(row.integer(7), 0);
  EXPECT_TRUE(row.boolean(8));
  EXPECT_EQ(row.integer(9), -2);
  EXPECT_EQ(row.text(10), id.as_bytes());
  EXPECT_EQ(row.integer(11), 7);
  EXPECT_EQ(row.text(12), "");
  EXPECT_FALSE(row.is_null(12));
  EXPECT_FALSE(row.boolean(13));
  EXPECT_THROW((void)row.integer(3), Failure);
  EXPECT_THROW((void)row.boolean(6), Failure);
}

TEST_F(PostgresStoreTest, AskingSendsTheStatementAlone) {
  Store store(schema.options(), "store_test");
  const auto is_in_transaction_of_its_own = [&](Terms terms) {
    const auto rows = sync_wait(
        store.ask(no_deadline, query("SELECT current_setting('transaction_read_only') = 'on'"), terms));
    return rows.value()[0].boolean(0);
  };
  EXPECT_FALSE(is_in_transaction_of_its_own({}));
  EXPECT_TRUE(is_in_transaction_of_its_own({.unhurried = true})) << "it needs a limit of its own";
  EXPECT_TRUE(is_in_transaction_of_its_own({.isolation = Isolation::repeatable_read}));
}

TEST_F(PostgresStoreTest, AnErrorAndAnExceptionUndo) {
  Store store(schema.options(), "store_test");
  const auto refused = sync_wait(store.write(no_deadline, [](Session& session) -> Task<Status> {
    co_await session.run("INSERT INTO entry(id, value) VALUES(1, 'v')");
    co_return fail(ErrorCode::conflict, "no");
  }));
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  const auto throwing = [&] {
    (void)sync_wait(store.write(no_deadline, [](Session& session) -> Task<Status> {
      co_await session.run("INSERT INTO entry(id, value) VALUES(2, 'v')");
      throw std::logic_error("defect");
    }));
  };
  EXPECT_THROW(throwing(), std::logic_error);
  EXPECT_EQ(count(store), 0);
}

TEST_F(PostgresStoreTest, AFailureCanBeLookedAtButItsTransactionIsOver) {
  Store store(schema.options(), "store_test");
  ASSERT_TRUE(insert(store, 1));
  std::string constraint;
  const auto passed_over = sync_wait(store.write(no_deadline, [&](Session& session) -> Task<Status> {
    try {
      std::vector<Query> queries;
      queries.push_back(query("INSERT INTO entry(id, value) VALUES(2, 'v')"));
      queries.push_back(query("INSERT INTO entry(id, value) VALUES(1, 'v')"));
      queries.push_back(query("INSERT INTO entry(id, value) VALUES(3, 'v')"));
      co_await session.run_all(std::move(queries));
    } catch (const Failure& failure) {
      EXPECT_TRUE(failure.is_unique_violation());
      constraint = failure.constraint();
    }
    co_return Status{};
  }));
  EXPECT_EQ(constraint, "entry_pkey");
  EXPECT_FALSE(passed_over) << "what did not happen must not be answered as done";
  EXPECT_EQ(count(store), 1);
  EXPECT_TRUE(insert(store, 2)) << "the connection is good for the next";
}

TEST_F(PostgresStoreTest, TheLastStatementsTravelWithTheCommit) {
  Store store(schema.options(), "store_test");
  const auto sum = sync_wait(store.write(no_deadline, [](Session& session) -> Task<Result<std::int64_t>> {
    co_await session.run("INSERT INTO entry(id, value) VALUES(1, 'v')");
    std::vector<Query> last;
    last.push_back(query("INSERT INTO entry(id, value) VALUES(2, 'v')"));
    last.push_back(query("SELECT sum(id)::bigint FROM entry"));
    auto rows = co_await session.commit(std::move(last));
    EXPECT_EQ(rows.size(), 2);
    co_return rows[1][0].integer(0);
  }));
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(count(store), 2);
}

TEST_F(PostgresStoreTest, MoreTransactionsThanConnectionsWaitForTheirTurn) {
  auto options = schema.options();
  options.pool_size = 2;
  Store store(options, "store_test");
  std::vector<Task<Status>> tasks;
  for (std::int64_t id = 0; id < 100; ++id)
    tasks.push_back(store.write(in(20s),
                                [id](Session& session) -> Task<Status> {
                                  co_await session.run("INSERT INTO entry(id, value) VALUES($1, 'v')", id);
                                  co_return Status{};
                                },
                                {.unhurried = true}));
  for (const auto& answer : sync_wait(await_all(std::move(tasks)))) EXPECT_TRUE(answer);
  EXPECT_EQ(count(store), 100);
}

TEST_F(PostgresStoreTest, ABoundedNumberWaits) {
  auto options = schema.options();
  options.pool_size = 1;
  options.waiting_bound = 3;
  Store store(options, "store_test");
  std::vector<Task<Result<Rows>>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(store.ask(in(20s), query("SELECT 1 FROM pg_sleep(0.05)")));
  std::size_t answered = 0;
  for (const auto& answer : sync_wait(await_all(std::move(tasks)))) {
    if (answer)
      ++answered;
    else
      EXPECT_EQ(answer.error().code, ErrorCode::overloaded);
  }
  EXPECT_EQ(answered, 4);
}

TEST_F(PostgresStoreTest, SerializationFailuresAreTriedAgain) {
  Store store(schema.options(), "store_test");
  ASSERT_TRUE(insert(store, 1));
  ASSERT_TRUE(sync_wait(store.write(no_deadline, [](Session& session) -> Task<Status> {
    co_await session.run("UPDATE entry SET value = '0'");
    co_return Status{};
  })));
  std::vector<Task<Status>> tasks;
  for (int i = 0; i < 16; ++i) tasks.push_back(increment(store, Isolation::serializable));
  for (const auto& answer : sync_wait(await_all(std::move(tasks))))
    EXPECT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(sync_wait(store.ask(no_deadline, query("SELECT value FROM entry"))).value()[0].text(0), "16");
}

TEST_F(PostgresStoreTest, DeadlocksAreTriedAgain) {
  auto options = schema.options();
  options.patience = 10s;  // the server finds a deadlock after a second
  Store store(options, "store_test");
  ASSERT_TRUE(insert(store, 1));
  ASSERT_TRUE(insert(store, 2));
  std::atomic<int> holding{0};
  const auto crossed = [&](std::int64_t first, std::int64_t second) {
    return store.write(in(20s), [&holding, first, second](Session& session) -> Task<Status> {
      co_await session.run("UPDATE entry SET value = value || 'x' WHERE id = $1", first);
      ++holding;
      while (holding < 2) co_await sleep_until(in(1ms));
      co_await session.run("UPDATE entry SET value = value || 'x' WHERE id = $1", second);
      co_return Status{};
    });
  };
  std::vector<Task<Status>> tasks;
  tasks.push_back(crossed(1, 2));
  tasks.push_back(crossed(2, 1));
  for (const auto& answer : sync_wait(await_all(std::move(tasks))))
    EXPECT_TRUE(answer) << answer.error().message;
  EXPECT_GT(holding, 2) << "one of them was run again";
  const auto rows = sync_wait(store.ask(no_deadline, query("SELECT value FROM entry"))).value();
  for (const auto row : rows) EXPECT_EQ(row.text(0), "vxx");
}

TEST_F(PostgresStoreTest, AStatementThatTakesTooLongIsGivenUp) {
  auto options = schema.options();
  options.patience = 200ms;
  Store store(options, "store_test");
  const auto began = std::chrono::steady_clock::now();
  const auto answer = sync_wait(store.ask(no_deadline, query("SELECT 1 FROM pg_sleep(30)")));
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().code == ErrorCode::deadline_exceeded ||
              answer.error().code == ErrorCode::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  EXPECT_TRUE(insert(store, 1));
  const auto unhurried =
      sync_wait(store.ask(no_deadline, query("SELECT 1 FROM pg_sleep(0.5)"), {.unhurried = true}));
  EXPECT_TRUE(unhurried) << "who is in no hurry waits";
}

TEST_F(PostgresStoreTest, AConnectionThatTheServerClosedIsReplaced) {
  auto options = schema.options();
  options.pool_size = 1;
  Store store(options, "store_test");
  const auto backend = query("SELECT pg_backend_pid()::bigint");
  const auto pid = sync_wait(store.ask(no_deadline, backend)).value()[0].integer(0);
  Store other(schema.options(), "store_test");
  ASSERT_TRUE(sync_wait(other.ask(no_deadline, query("SELECT pg_terminate_backend($1::int)", pid))));
  EXPECT_TRUE(insert(store, 1)) << "nobody is told of a server that was restarted while nothing was asked";
  EXPECT_NE(sync_wait(store.ask(no_deadline, backend)).value()[0].integer(0), pid);
}

TEST_F(PostgresStoreTest, AServerThatHangsIsUnavailableAndComesBack) {
  TcpProxy proxy(port_of(schema.options().url));
  Store store(through(proxy, schema.options()), "store_test");
  ASSERT_TRUE(insert(store, 1));
  proxy.set(TcpProxy::Mode::frozen);
  for (int i = 0; i < 3; ++i) {
    const auto began = std::chrono::steady_clock::now();
    const auto answer = sync_wait(store.ask(in(10s), query("SELECT count(*) FROM entry")));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 2s) << "not as long as the caller would have waited";
  }
  EXPECT_TRUE(becomes(store, false));
  proxy.set(TcpProxy::Mode::open);
  EXPECT_TRUE(becomes(store, true));
  EXPECT_EQ(count(store), 1);
}

TEST_F(PostgresStoreTest, AServerThatIsGoneIsUnavailableAndComesBack) {
  std::optional<TcpProxy> proxy(std::in_place, port_of(schema.options().url));
  Store store(through(*proxy, schema.options()), "store_test");
  ASSERT_TRUE(insert(store, 1));
  proxy->set(TcpProxy::Mode::frozen);
  proxy->cut();
  const auto answer = insert(store, 2, in(10s));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  proxy->set(TcpProxy::Mode::open);
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(insert(store, 2));
}

TEST_F(PostgresStoreTest, ACommitWithoutAnAnswerIsInDoubt) {
  TcpProxy proxy(port_of(schema.options().url));
  Store store(through(proxy, schema.options()), "store_test");
  const auto answer = sync_wait(store.write(in(10s), [&](Session& session) -> Task<Status> {
    co_await session.run("INSERT INTO entry(id, value) VALUES(1, 'v')");
    proxy.set(TcpProxy::Mode::deaf);
    co_return Status{};
  }));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::outcome_unknown);
  proxy.set(TcpProxy::Mode::open);
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(count(store), 1) << "it has arrived";
}

TEST_F(PostgresStoreTest, AReadIsNeverInDoubt) {
  TcpProxy proxy(port_of(schema.options().url));
  Store store(through(proxy, schema.options()), "store_test");
  const auto answer = sync_wait(store.read(in(10s), [&](Session& session) -> Task<Status> {
    co_await session.run("SELECT count(*) FROM entry");
    proxy.set(TcpProxy::Mode::deaf);
    co_return Status{};
  }));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

TEST_F(PostgresStoreTest, WhatBreaksBeforeTheCommitIsNotInDoubt) {
  TcpProxy proxy(port_of(schema.options().url));
  Store store(through(proxy, schema.options()), "store_test");
  const auto answer = sync_wait(store.write(in(10s), [&](Session& session) -> Task<Status> {
    co_await session.run("INSERT INTO entry(id, value) VALUES(1, 'v')");
    proxy.set(TcpProxy::Mode::frozen);
    co_await session.run("INSERT INTO entry(id, value) VALUES(2, 'v')");
    co_return Status{};
  }));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
  proxy.set(TcpProxy::Mode::open);
  proxy.cut();
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(count(store), 0);
}

TEST_F(PostgresStoreTest, SeveralStartTogether) {
  std::vector<std::unique_ptr<Store>> stores(8);
  std::vector<std::thread> threads;
  for (auto& store : stores)
    threads.emplace_back([&] { store = std::make_unique<Store>(schema.options(), "store_test"); });
  for (auto& thread : threads) thread.join();
  for (auto& store : stores) ASSERT_TRUE(store);
  ASSERT_TRUE(insert(*stores[0], 1));
  EXPECT_EQ(count(*stores[7]), 1);
}

TEST_F(PostgresStoreTest, MigrationsAreAppliedOnceAndNeverEdited) {
  const std::vector<Migration> first{{1, "one", "CREATE TABLE one(id bigint); INSERT INTO one VALUES(1)"}};
  prepare_schema(schema.options(), "store_test", first);
  prepare_schema(schema.options(), "store_test", first);
  const std::vector<Migration> edited{{1, "one", "CREATE TABLE one(id integer)"}};
  EXPECT_THROW(prepare_schema(schema.options(), "store_test", edited), std::runtime_error);
  const std::vector<Migration> broken{first[0], {2, "two", "CREATE TABLE two(id bigint); SELECT 1/0"}};
  EXPECT_THROW(prepare_schema(schema.options(), "store_test", broken), std::runtime_error);
  const std::vector<Migration> mended{first[0], {2, "two", "CREATE TABLE two(id bigint)"}};
  prepare_schema(schema.options(), "store_test", mended);
  EXPECT_THROW(prepare_schema(schema.options(), "store_test", first), std::runtime_error) << "it is newer";
}

TEST_F(PostgresStoreTest, AServerThatWouldLoseCommitsIsRefused) {
  auto options = schema.options();
  options.url += (options.url.contains('?') ? "&" : "?") + std::string{"options=-csynchronous_commit%3Doff"};
  EXPECT_THROW(Store(options, "store_test"), std::runtime_error);
  options.url = "postgresql://127.0.0.1:1/none";
  EXPECT_THROW(Store(options, "store_test"), std::runtime_error);
  options = schema.options();
  options.schema = "Robert'); DROP";
  EXPECT_THROW(Store(options, "store_test"), std::runtime_error);
}

TEST_F(PostgresStoreTest, ReportsItsConnectionsAndTransactions) {
  Metrics metrics;
  auto options = schema.options();
  options.metrics = &metrics;
  Store store(options, "store_test");
  ASSERT_TRUE(insert(store, 1));
  const auto refused = sync_wait(
      store.write(no_deadline, [](Session&) -> Task<Status> { co_return fail(ErrorCode::conflict, "no"); }));
  EXPECT_FALSE(refused);
  store.batch_sizes("orders").observe(3);
  std::string while_busy;
  ASSERT_TRUE(sync_wait(store.write(no_deadline, [&](Session& session) -> Task<Status> {
    co_await session.run("SELECT 1");
    while_busy = metrics.text();
    co_return Status{};
  })));
  const auto has = [](const std::string& text, const std::string& name, const std::string& rest) {
    return text.contains("cloudcart_postgres_" + name + rest);
  };
  EXPECT_TRUE(has(while_busy, "connections", R"({server="primary",state="in_use",store="store_test"} 1)"))
      << while_busy;
  EXPECT_TRUE(has(while_busy, "connections_limit", R"({server="primary",store="store_test"} 4)"))
      << while_busy;
  // A refusal of the caller's is no failure of the database.
  EXPECT_TRUE(has(while_busy, "transactions_total", R"({outcome="failed",store="store_test"} 0)"))
      << while_busy;
  EXPECT_FALSE(has(while_busy, "transactions_total", R"({outcome="done",store="store_test"} 0)"))
      << while_busy;
  EXPECT_TRUE(has(while_busy, "batch_calls_sum", R"({batch="orders",store="store_test"} 3)")) << while_busy;
  EXPECT_TRUE(while_busy.contains(R"(cloudcart_event_loop_cpu_seconds_total{loop="pg-store_test"})"))
      << while_busy;
}

TEST_F(PostgresStoreTest, ReportsWhoGetsNoConnection) {
  Metrics metrics;
  auto options = schema.options();
  options.metrics = &metrics;
  options.pool_size = 1;
  Store store(options, "store_test");
  bool was_refused = false;
  ASSERT_TRUE(sync_wait(store.write(no_deadline, [&](Session& session) -> Task<Status> {
    co_await session.run("SELECT 1");
    was_refused = !co_await store.ask(in(100ms), query("SELECT 1"));
    co_return Status{};
  })));
  EXPECT_TRUE(was_refused);
  EXPECT_FALSE(metrics.text().contains(
      R"(cloudcart_postgres_acquire_refused_total{server="primary",store="store_test"} 0)"));
}

}  // namespace
}  // namespace cloudcart::postgres
