#include <array>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/clickhouse/store/sql.h"
#include "http/beast/client.h"
#include "runtime/event_loop.h"
#include "support/clickhouse_database.h"
#include "support/engines.h"
#include "support/tcp_proxy.h"

namespace cloudcart::clickhouse {
namespace {

using std::chrono::steady_clock;

struct NewServer {
  static std::string url() { return test::chdb_url(); }
};
struct OldServer {
  static std::string url() { return test::clickhouse_url(); }
};

std::string address_of(const std::string& url) {
  return url.substr(url.find("//") + 2);
}
std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}
Deadline in(milliseconds time) {
  return steady_clock::now() + time;
}

template <class Server>
class StoreTest : public testing::Test {
 protected:
  Result<Answer> ask(Store& store, std::string sql, Deadline deadline = Deadline::max()) {
    return sync_wait(store.ask(std::move(sql), deadline));
  }
  std::int64_t number(Store& store, std::string sql) {
    return ask(store, std::move(sql)).value().row(0).integer(0);
  }

  static bool becomes_reachable(const Store& store) {
    for (const auto give_up = in(seconds{60}); !store.is_reachable();) {
      if (steady_clock::now() > give_up) return false;
      std::this_thread::sleep_for(milliseconds{20});
    }
    return true;
  }

  /// Its look at the server may be under way while that comes back.
  bool answers_again(Store& store) {
    for (const auto give_up = in(seconds{60}); !ask(store, "SELECT 1");) {
      if (steady_clock::now() > give_up) return false;
      std::this_thread::sleep_for(milliseconds{20});
    }
    return true;
  }

  test::ClickHouseDatabase database{Server::url()};
};
using Servers = testing::Types<NewServer, OldServer>;
TYPED_TEST_SUITE(StoreTest, Servers);

TYPED_TEST(StoreTest, EveryByteAndEveryNumberComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 128; ++byte) bytes += static_cast<char>(byte);
  bytes += "\xC3\xA9\xF0\x9F\x90\xA2'\\";
  const auto answer =
      this->ask(this->database.store(),
                fmt::format("SELECT {}, toInt64(-9223372036854775807 - 1), toUInt64(18446744073709551615),"
                            " hex({})",
                            literal(bytes), literal(std::string("\x00\xFF\x80 0123456789abc", 16))))
          .value();
  EXPECT_EQ(answer.row(0).text(0), bytes);
  EXPECT_EQ(answer.row(0).integer(1), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(answer.row(0).natural(2), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(answer.row(0).uuid(3).to_string(), "00ff8020-3031-3233-3435-363738396162");
  EXPECT_THROW(answer.row(0).integer(0), std::runtime_error);
  EXPECT_THROW(answer.row(0).text(4), std::runtime_error);
}

TYPED_TEST(StoreTest, RowsAreStoredAsTheyWereWritten) {
  auto& store = this->database.store();
  ASSERT_TRUE(sync_wait(store.run(
      "CREATE TABLE t (a UInt8, b Int64, c String, d FixedString(16)) ENGINE = MergeTree ORDER BY a",
      Deadline::max())));
  const std::string text(70'000, '\xC3'), small("a\tb\n\0c", 6);
  Uuid id;
  id.bytes.fill(0xFE);
  RowWriter rows;
  rows.number(std::uint8_t{1}).number(std::int64_t{-2}).text(text).id(id);
  rows.number(std::uint8_t{2}).number(std::numeric_limits<std::int64_t>::min()).text(small).id({});
  ASSERT_TRUE(sync_wait(store.insert("t", rows.take(), Deadline::max())));
  const auto answer = this->ask(store, "SELECT a, b, length(c), hex(c), hex(d) FROM t ORDER BY a").value();
  ASSERT_EQ(answer.size(), 2u);
  EXPECT_EQ(answer.row(0).integer(1), -2);
  EXPECT_EQ(answer.row(0).integer(2), 70'000);
  EXPECT_EQ(answer.row(0).uuid(4), id);
  EXPECT_EQ(answer.row(1).integer(1), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(answer.row(1).text(3), "6109620A0063");
  EXPECT_EQ(answer.row(1).uuid(4), Uuid{});
}

TYPED_TEST(StoreTest, InstancesThatStartTogetherMakeOneSchema) {
  auto options = this->database.options();
  options.database = test::unused_database_name();
  std::array<std::unique_ptr<Store>, 6> stores;
  std::vector<std::thread> threads;
  for (auto& store : stores)
    threads.emplace_back([&] { EXPECT_NO_THROW(store = std::make_unique<Store>(options, "analytics")); });
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(stores[0]);
  EXPECT_EQ(this->number(*stores[0], "SELECT toInt64(uniqExact(version)) FROM schema_migration"),
            std::ssize(migrations_of("analytics")));
  EXPECT_EQ(this->number(*stores[0], "SELECT toInt64(count()) FROM flow"), 0);
  EXPECT_TRUE(sync_wait(stores[0]->run("DROP DATABASE " + options.database, Deadline::max())));
}

TYPED_TEST(StoreTest, ADatabaseOfANewerVersionOrWithAnEditedMigrationIsRefused) {
  auto& store = this->database.store();
  const auto message_of = [&] {
    try {
      const Store again(this->database.options(), "analytics");
    } catch (const std::runtime_error& refused) {
      return std::string{refused.what()};
    }
    return std::string{};
  };
  EXPECT_EQ(message_of(), "");
  ASSERT_TRUE(
      sync_wait(store.run("INSERT INTO schema_migration VALUES (9999, 'later', 'x')", Deadline::max())));
  EXPECT_NE(message_of().find("newer CloudCart"), std::string::npos) << message_of();
  ASSERT_TRUE(sync_wait(store.run("DROP TABLE schema_migration", Deadline::max())));
  EXPECT_EQ(message_of(), "");
  ASSERT_TRUE(sync_wait(store.run("DROP TABLE schema_migration", Deadline::max())));
  ASSERT_TRUE(sync_wait(
      store.run("CREATE TABLE schema_migration (version Int32, name String, checksum String) ENGINE ="
                " MergeTree ORDER BY version",
                Deadline::max())));
  ASSERT_TRUE(
      sync_wait(store.run("INSERT INTO schema_migration VALUES (1, 'facts', 'another')", Deadline::max())));
  EXPECT_NE(message_of().find("was edited"), std::string::npos) << message_of();
}

TYPED_TEST(StoreTest, AWrongPasswordIsAClearRefusal) {
  auto options = this->database.options();
  options.url = "http://default:wr%40ng-secret@" + address_of(TypeParam::url());
  try {
    const Store store(options, "analytics");
    FAIL() << "it was let in";
  } catch (const std::runtime_error& refused) {
    const std::string message = refused.what();
    EXPECT_NE(message.find("refuses the user or the password"), std::string::npos) << message;
    EXPECT_EQ(message.find("secret"), std::string::npos) << message;
  }
  options.url = "http://default:@" + address_of(TypeParam::url());
  EXPECT_NO_THROW(Store(options, "analytics"));
}

TYPED_TEST(StoreTest, WhatTheServerRefusesIsAnErrorAndNoEmptyAnswer) {
  auto& store = this->database.store();
  EXPECT_EQ(this->ask(store, "SELEC 1").error().code, ErrorCode::internal);
  EXPECT_EQ(this->ask(store, "SELECT * FROM nowhere").error().code, ErrorCode::unavailable);
  EXPECT_EQ(sync_wait(store.run("SELEC 1", Deadline::max())).error().code, ErrorCode::internal);
  EXPECT_EQ(sync_wait(store.insert("flow", "cut off", Deadline::max())).error().code, ErrorCode::internal);
  EXPECT_EQ(this->number(store, "SELECT toInt64(count()) FROM flow"), 0);
}

TYPED_TEST(StoreTest, AnAnswerOfManyMegabytesComesWhole) {
  const auto answer = this->ask(this->database.store(),
                                "SELECT number, hex(reinterpretAsFixedString(number)) FROM numbers(400000)")
                          .value();
  ASSERT_EQ(answer.size(), 400'000u);
  EXPECT_EQ(answer.row(399'999).integer(0), 399'999);
}

TYPED_TEST(StoreTest, AnAnswerBeyondTheBoundIsRefused) {
  auto options = this->database.options();
  options.answer_rows = 1000;
  Store store(options, "analytics");
  EXPECT_EQ(this->ask(store, "SELECT number FROM numbers(1000)").value().size(), 1000u);
  EXPECT_EQ(this->ask(store, "SELECT number FROM numbers(200000)").error().code, ErrorCode::overloaded);
}

TYPED_TEST(StoreTest, AServerThatDoesNotAnswerIsGivenUpAtTheDeadlineAndUsedAgainAfterwards) {
  test::TcpProxy proxy(port_of(TypeParam::url()));
  auto options = this->database.options();
  options.url = fmt::format("http://127.0.0.1:{}", proxy.port());
  Store store(options, "analytics");
  EXPECT_EQ(this->number(store, "SELECT toInt64(7)"), 7);
  for (const auto mode : {test::TcpProxy::Mode::deaf, test::TcpProxy::Mode::frozen}) {
    proxy.set(mode);
    const auto refused = this->ask(store, "SELECT 1", in(milliseconds{300}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::deadline_exceeded);
    EXPECT_EQ(sync_wait(store.insert("progress",
                                     RowWriter()
                                         .number(std::uint64_t{1})
                                         .text("")
                                         .number(std::uint64_t{5})
                                         .number(std::int64_t{0})
                                         .take(),
                                     in(milliseconds{300})))
                  .error()
                  .code,
              ErrorCode::outcome_unknown);
    proxy.cut();
    proxy.set(test::TcpProxy::Mode::open);
    EXPECT_TRUE(this->answers_again(store));
  }
}

TYPED_TEST(StoreTest, NobodyWaitsForAServerThatIsKnownToBeSilent) {
  test::TcpProxy proxy(port_of(TypeParam::url()));
  auto options = this->database.options();
  options.url = fmt::format("http://127.0.0.1:{}", proxy.port());
  Store store(options, "analytics");
  EXPECT_EQ(this->number(store, "SELECT toInt64(7)"), 7);
  proxy.set(test::TcpProxy::Mode::frozen);
  const auto begun = std::chrono::steady_clock::now();
  while (store.is_reachable() && std::chrono::steady_clock::now() < begun + seconds{60})
    std::this_thread::sleep_for(milliseconds{10});
  // The deadline is far: it is refused, and does not end by it.
  const auto refused = this->ask(store, "SELECT 1", in(seconds{60}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  proxy.cut();
  proxy.set(test::TcpProxy::Mode::open);
  EXPECT_TRUE(this->answers_again(store));
}

TYPED_TEST(StoreTest, AServerThatComesLaterIsUsedOnceItIsThere) {
  test::TcpProxy proxy(port_of(TypeParam::url()));
  proxy.set(test::TcpProxy::Mode::frozen);
  auto options = this->database.options();
  options.url = fmt::format("http://127.0.0.1:{}", proxy.port());
  options.database = test::unused_database_name();
  Store store(options, "analytics");
  EXPECT_FALSE(store.is_reachable());
  EXPECT_FALSE(this->ask(store, "SELECT toInt64(count()) FROM flow", in(milliseconds{100})));
  proxy.cut();
  proxy.set(test::TcpProxy::Mode::open);
  ASSERT_TRUE(this->becomes_reachable(store));
  EXPECT_EQ(this->number(store, "SELECT toInt64(count()) FROM flow"), 0);
  EXPECT_TRUE(sync_wait(store.run("DROP DATABASE " + options.database, Deadline::max())));
}

TYPED_TEST(StoreTest, ADatabaseThatIsLostIsMadeAnew) {
  auto& store = this->database.store();
  ASSERT_TRUE(sync_wait(store.run("DROP DATABASE " + this->database.options().database, Deadline::max())));
  const auto lost = this->ask(store, "SELECT toInt64(count()) FROM flow");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::unavailable);
  ASSERT_TRUE(this->becomes_reachable(store));
  EXPECT_EQ(this->number(store, "SELECT toInt64(count()) FROM flow"), 0);
}

TYPED_TEST(StoreTest, RowsAreReadAsTheyWereWritten) {
  const std::string text(300, 'x');
  const auto sql = fmt::format(
      "SELECT toInt64(-5), toUInt8(7), 'caf\xC3\xA9', [toFixedString('0123456789abcdef', 16)], ['', '{}']"
      " FROM numbers(2)",
      text);
  const auto rows = sync_wait(this->database.store().ask_rows(sql, Deadline::max())).value();
  RowReader reader(rows);
  for (int row = 0; row < 2; ++row) {
    ASSERT_TRUE(reader.has_more());
    EXPECT_EQ(reader.number<std::int64_t>(), -5);
    EXPECT_EQ(reader.number<std::uint8_t>(), 7);
    EXPECT_EQ(reader.text(), "caf\xC3\xA9");
    ASSERT_EQ(reader.count(), 1u);
    EXPECT_EQ(reader.id().as_bytes(), "0123456789abcdef");
    ASSERT_EQ(reader.count(), 2u);
    EXPECT_EQ(reader.text(), "");
    EXPECT_EQ(reader.text(), text);
  }
  EXPECT_TRUE(reader.is_good());
  EXPECT_FALSE(reader.has_more());
  // Whatever is cut off, or claims more than there is, is no row.
  RowReader cut(std::string_view{rows}.substr(0, rows.size() / 3));
  cut.number<std::int64_t>();
  cut.number<std::uint8_t>();
  for (int takes = 0; takes < 5; ++takes) cut.text();
  EXPECT_FALSE(cut.is_good());
}

TYPED_TEST(StoreTest, AConnectionThatWasClosedIsReplaced) {
  test::TcpProxy proxy(port_of(TypeParam::url()));
  auto options = this->database.options();
  options.url = fmt::format("http://127.0.0.1:{}", proxy.port());
  Store store(options, "analytics");
  for (int times = 0; times < 5; ++times) {
    EXPECT_EQ(this->number(store, "SELECT toInt64(7)"), 7);
    proxy.cut();
  }
}

TYPED_TEST(StoreTest, OfManyStatementsSomeWaitAndTheRestIsRefused) {
  auto options = this->database.options();
  options.at_once = 1;
  options.waiting = 2;
  test::TcpProxy proxy(port_of(TypeParam::url()));
  options.url = fmt::format("http://127.0.0.1:{}", proxy.port());
  Store store(options, "analytics");
  proxy.set(test::TcpProxy::Mode::frozen);
  std::vector<std::thread> threads;
  std::array<std::atomic<int>, 2> ended{};  // answered, refused
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      const auto answer = this->ask(store, "SELECT 1", in(seconds{20}));
      if (!answer) EXPECT_EQ(answer.error().code, ErrorCode::overloaded);
      ++ended[answer ? 0 : 1];
    });
  while (ended[1] < 3) std::this_thread::sleep_for(milliseconds{5});
  proxy.set(test::TcpProxy::Mode::open);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(ended[0], 3);
}

using OldStoreTest = StoreTest<OldServer>;

/// Of a server that runs several at once: the other shows nothing while one runs.
TEST_F(OldStoreTest, AStatementThatTakesTooLongEndsAtTheServerToo) {
  auto& store = database.store();
  const auto refused = ask(store, "SELECT sum(sleep(0.2)) FROM system.numbers", in(milliseconds{900}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::deadline_exceeded);
  const std::string running =
      "SELECT toInt64(count()) FROM system.processes WHERE query LIKE 'SELECT sum(sleep%'";
  while (number(store, running) > 0) std::this_thread::sleep_for(milliseconds{50});
}

TEST(StoreOptionsTest, AnAddressOrANameThatCannotBeIsRefusedWithoutItsPassword) {
  for (const auto* url :
       {"https://user:hidden@host:1", "clickhouse://user:hidden@host:1", "http://user:hidden@host",
        "http://us%zz:hidden@host:1", "http://user:hidden@:8123", ""}) {
    try {
      const Store store({.url = url, .database = "x"}, "analytics");
      FAIL() << url;
    } catch (const std::runtime_error& refused) {
      EXPECT_EQ(std::string{refused.what()}.find("hidden"), std::string::npos) << refused.what();
    }
  }
  for (const auto* name : {"", "1st", "Shop", "a-b", "x; DROP DATABASE y"})
    EXPECT_THROW(Store({.url = "http://127.0.0.1:1", .database = name}, "analytics"), std::runtime_error);
}

TEST(StoreOptionsTest, AServerThatIsNotThereKeepsNobodyFromStartingAndNobodyWaiting) {
  Store store({.url = "http://127.0.0.1:1", .database = "x"}, "analytics");
  EXPECT_FALSE(store.is_reachable());
  const auto answer = sync_wait(store.ask("SELECT 1", Deadline::max()));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
}

TEST(SqlTest, NothingEndsALiteral) {
  EXPECT_EQ(literal("a-b_C 9"), "'a-b_C 9'");
  EXPECT_EQ(literal("'\\\n;"), "'\\x27\\x5C\\x0A\\x3B'");
}

}  // namespace
}  // namespace cloudcart::clickhouse
