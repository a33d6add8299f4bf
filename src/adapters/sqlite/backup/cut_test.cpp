#include "adapters/sqlite/backup/cut.h"

#include <atomic>
#include <random>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/sqlite/store/integrity.h"
#include "support/temp_folder.h"

namespace cloudcart::backup {
namespace {

using sqlite::Connection;

constexpr auto long_enough = std::chrono::minutes{2};

Result<Cut::SmallFiles> no_small_files() {
  return Cut::SmallFiles{};
}

MonotonicTime in(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

class CutTest : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name) const { return folder.path() / (name + ".db"); }

  /// A store with one number.
  std::unique_ptr<Connection> writer(const std::string& name) {
    auto connection = std::make_unique<Connection>(file(name).string(), Connection::Mode::writer);
    connection->execute("CREATE TABLE held(number INTEGER NOT NULL); INSERT INTO held VALUES(0)");
    stores.push_back(file(name));
    return connection;
  }
  static void set(Connection& connection, std::int64_t number) {
    connection.prepare("UPDATE held SET number = ?").bind(number).run();
  }
  static std::int64_t held(Connection& connection) {
    auto row = connection.prepare("SELECT number FROM held");
    row.step();
    return row.integer(0);
  }

  test::TempFolder folder;
  std::vector<std::filesystem::path> stores;
};

/// Three stores that are written one after the other, in bursts, first, in the midst and last of many, so that their
/// transactions do not begin close together: a burst often comes in between.
TEST_F(CutTest, AllStoresAreOfOneMoment) {
  constexpr std::size_t idle = 15;
  std::vector<std::unique_ptr<Connection>> written, others;
  for (const auto* name : {"a", "b", "c"}) {
    written.push_back(writer(name));
    written.back()->execute("PRAGMA synchronous=OFF");
    for (std::size_t i = 0; i < idle; ++i) others.push_back(writer(name + std::to_string(i)));
  }
  std::atomic<bool> stopping = false;
  std::thread work([&] {
    std::minstd_rand chance(7);
    // At every moment a >= b >= c >= a - 1.
    for (std::int64_t n = 1; !stopping; ++n) {
      for (const auto& store : written) set(*store, n);
      if (n % 50 == 0) written[1]->checkpoint();
      std::this_thread::sleep_for(std::chrono::microseconds{chance() % 10'000});
    }
  });
  std::int64_t newest = 0;
  int wrong = 0, cuts = 0, attempts = 0;
  for (; cuts < 100; ++cuts) {
    auto cut = Cut::take(stores, no_small_files, in(long_enough));
    if (!cut) break;
    attempts += cut->attempts();
    const auto a = held(cut->store(0)), b = held(cut->store(idle + 1)), c = held(cut->store(2 * idle + 2));
    if (!(a >= b && b >= c && c >= a - 1 && a >= newest)) ++wrong;
    newest = a;
  }
  stopping = true;
  work.join();
  EXPECT_EQ(cuts, 100);
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(newest, 0) << "nothing was written meanwhile";
  RecordProperty("attempts", attempts);
}

TEST_F(CutTest, WhatIsWrittenLaterIsNotInIt) {
  const auto store = writer("a");
  set(*store, 1);
  auto cut = Cut::take(stores, no_small_files, in(long_enough));
  ASSERT_TRUE(cut);
  set(*store, 2);
  EXPECT_EQ(held(cut->store(0)), 1);
  EXPECT_TRUE(store->clear_log() == false) << "a held cut keeps the log";
  cut->let_go(0);
  EXPECT_TRUE(store->clear_log());
}

TEST_F(CutTest, SmallFilesAreOfTheSameMoment) {
  const auto store = writer("a");
  int asked = 0;
  // Replaced while the cut is taken, twice.
  const auto changing = [&]() -> Result<Cut::SmallFiles> {
    return Cut::SmallFiles{{"keys", std::to_string(std::min(++asked, 4))}};
  };
  const auto cut = Cut::take(stores, changing, in(long_enough));
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->small_files().at("keys"), "4");
  EXPECT_EQ(cut->attempts(), 3);
}

TEST_F(CutTest, WithoutAMomentOfRestItIsAnError) {
  const auto store = writer("a");
  int asked = 0;
  const auto changing = [&]() -> Result<Cut::SmallFiles> {
    return Cut::SmallFiles{{"keys", std::to_string(++asked)}};
  };
  const auto cut = Cut::take(stores, changing, in(std::chrono::milliseconds{20}));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::unavailable);
}

TEST_F(CutTest, AFileThatIsNoStoreIsAnError) {
  const auto store = writer("a");
  ASSERT_EQ(::truncate(file("a").c_str(), 100), 0);
  EXPECT_FALSE(Cut::take({folder.path() / "none" / "x.db"}, no_small_files, in(long_enough)));
}

TEST_F(CutTest, ACopyIsOfItsMomentWhateverIsWrittenBetweenItsPieces) {
  const auto store = writer("a");
  store->execute(
      "CREATE TABLE filler(bytes BLOB); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
      "i < 4000)"
      " INSERT INTO filler SELECT randomblob(4000) FROM n");
  set(*store, 1);
  auto cut = Cut::take(stores, no_small_files, in(long_enough));
  ASSERT_TRUE(cut);
  const auto target = folder.path() / "copy";
  const int descriptor = ::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  ASSERT_GE(descriptor, 0);
  std::int64_t pieces = 0;
  ASSERT_TRUE(cut->store(0).copy_to(target.string(), [&](std::int64_t done, std::int64_t total) {
    EXPECT_LT(done, total);
    EXPECT_FALSE(std::filesystem::exists(target)) << "it has no name by now";
    set(*store, 1 + ++pieces);
    store->execute("DELETE FROM filler WHERE rowid % 7 = 0; INSERT INTO filler VALUES(randomblob(9000))");
    store->checkpoint();
    return true;
  }));
  EXPECT_GT(pieces, 2);
  const auto named = folder.path() / "named.db";
  std::filesystem::copy_file("/proc/self/fd/" + std::to_string(descriptor), named);
  ::close(descriptor);
  EXPECT_TRUE(sqlite::find_damage(named).empty());
  Connection copy(named.string(), Connection::Mode::reader);
  EXPECT_EQ(held(copy), 1);
  auto rows = copy.prepare("SELECT count(*) FROM filler WHERE length(bytes) = 4000");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.integer(0), 4000);
}

TEST_F(CutTest, ACopyThatIsBrokenOffLeavesNothing) {
  const auto store = writer("a");
  store->execute("CREATE TABLE filler(bytes BLOB); INSERT INTO filler VALUES(zeroblob(20000000))");
  auto cut = Cut::take(stores, no_small_files, in(long_enough));
  ASSERT_TRUE(cut);
  const auto target = folder.path() / "copy";
  ::close(::open(target.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
  EXPECT_FALSE(cut->store(0).copy_to(target.string(), [](std::int64_t, std::int64_t) { return false; }));
  EXPECT_FALSE(std::filesystem::exists(target));
}

}  // namespace
}  // namespace cloudcart::backup
