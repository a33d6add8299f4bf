#include <thread>

#include <gtest/gtest.h>

#include "adapters/postgres/store/store.h"
#include "support/postgres_schema.h"

namespace cloudcart::postgres {
namespace {

using namespace std::chrono_literals;

/// Servers that are no replica; those that are one are in tests/integration.
class ReplicaTest : public testing::Test {
 protected:
  std::unique_ptr<Store> open(const std::string& replica_url) const {
    auto options = schema.options();
    options.replica_url = replica_url;
    return std::make_unique<Store>(options, "store_test");
  }
  /// Written and read a few times, past the first looks at the replica.
  static void expect_right_answers(Store& store) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    for (std::int64_t id = 1; id <= 20; ++id) {
      const auto written = sync_wait(store.write(deadline, [id](Session& session) -> Task<Status> {
        co_await session.run("INSERT INTO entry(id, value) VALUES($1, 'v')", id);
        co_return Status{};
      }));
      ASSERT_TRUE(written);
      const auto rows =
          sync_wait(store.ask(deadline, query("SELECT count(*) FROM entry"), {.from_replica = true}));
      ASSERT_TRUE(rows) << rows.error().message;
      EXPECT_EQ((*rows)[0].integer(0), id);
      std::this_thread::sleep_for(10ms);
    }
  }

  test::PostgresSchema schema;
};

TEST_F(ReplicaTest, AServerThatIsNoStandbyIsNotAsked) {
  const auto store = open(schema.options().url);
  expect_right_answers(*store);
  EXPECT_EQ(store->replica_is_well(), false);
}

TEST_F(ReplicaTest, OneThatIsNotThereIsNotMissed) {
  const auto store = open("postgresql://cloudcart@127.0.0.1:1/cloudcart");
  expect_right_answers(*store);
  EXPECT_EQ(store->replica_is_well(), false);
}

TEST_F(ReplicaTest, WithoutOneNobodyIsToldOfIt) {
  const auto store = open("");
  expect_right_answers(*store);
  EXPECT_EQ(store->replica_is_well(), std::nullopt);
}

}  // namespace
}  // namespace cloudcart::postgres
