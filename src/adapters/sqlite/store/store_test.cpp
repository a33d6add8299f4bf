#include "adapters/sqlite/store/store.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/sqlite/store/integrity.h"
#include "adapters/sqlite/store/migrate.h"
#include "runtime/metrics.h"
#include "support/temp_folder.h"

namespace cloudcart::sqlite {
namespace {

constexpr auto no_deadline = MonotonicTime::max();

class StoreTest : public testing::Test {
 protected:
  test::TempFolder folder;
  OffloadPool readers{"test-reader", 2, 1000};
  std::unique_ptr<Store> store = std::make_unique<Store>(folder.path(), "store_test", readers);

  Status insert(int key, MonotonicTime deadline = no_deadline) {
    return sync_wait(store->write(deadline, [key](Connection& connection) -> Status {
      connection.prepare("INSERT INTO entry(key, value) VALUES(?, ?)").bind_all(key, "v").run();
      return {};
    }));
  }
  std::int64_t count() {
    return sync_wait(store->read(no_deadline,
                                 [](Connection& connection) -> Result<std::int64_t> {
                                   auto rows = connection.prepare("SELECT count(*) FROM entry");
                                   rows.step();
                                   return rows.integer(0);
                                 }))
        .value();
  }
};

TEST_F(StoreTest, AnsweredWritesAreVisibleToReaders) {
  ASSERT_TRUE(insert(1));
  EXPECT_EQ(count(), 1);
}

TEST_F(StoreTest, ItsFilesAreTheirOwnersAlone) {
  using enum std::filesystem::perms;
  ASSERT_TRUE(insert(1));
  for (const auto& file : std::filesystem::directory_iterator(folder.path()))
    EXPECT_EQ(file.status().permissions(), owner_read | owner_write) << file.path();
}

TEST_F(StoreTest, AJobThatFailsIsUndoneAloneInItsBatch) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  int answered = 0, failed = 0;
  for (int i = 0; i < 100; ++i) {
    start(store->write(no_deadline,
                       [i](Connection& connection) -> Status {
                         connection.prepare("INSERT INTO entry(key, value) VALUES(?, 'x')").bind(i).run();
                         if (i % 10 == 0) return fail(ErrorCode::conflict, "no");
                         return {};
                       }),
          [&](auto outcome) {
            ++answered;
            failed += !std::get<0>(outcome);
          });
  }
  executor.run_until([&] { return answered == 100; });
  EXPECT_EQ(failed, 10);
  EXPECT_EQ(count(), 90);
}

TEST_F(StoreTest, AStatementThatThrowsIsUndoneAlone) {
  ASSERT_TRUE(insert(1));
  const auto repeated = insert(1);
  ASSERT_FALSE(repeated);
  EXPECT_EQ(repeated.error().code, ErrorCode::internal);
  ASSERT_TRUE(insert(2));
  EXPECT_EQ(count(), 2);
}

TEST_F(StoreTest, AJobThatThrowsSomethingElseIsUndoneAloneToo) {
  const auto broken = sync_wait(store->write(no_deadline, [](Connection& connection) -> Status {
    connection.prepare("INSERT INTO entry(key, value) VALUES(1, 'x')").run();
    throw std::logic_error("a defect");
  }));
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, ErrorCode::internal);
  ASSERT_TRUE(insert(2));
  EXPECT_EQ(count(), 1);
}

TEST_F(StoreTest, AJobPastItsDeadlineIsDropped) {
  const auto late = insert(1, std::chrono::steady_clock::now() - seconds{1});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(count(), 0);
}

TEST_F(StoreTest, TheCommitCallbackComesBeforeTheAnswer) {
  int commits = 0;
  store->on_commit([&] { ++commits; });
  ASSERT_TRUE(insert(1));
  EXPECT_EQ(commits, 1);
}

/// Jobs that fail before, after and between those that succeed, in one batch: what each wrote is there or not,
/// and on_commit tells of those that are, once, in order.
TEST_F(StoreTest, OnCommitTellsOfWhatIsThereOnceAndInOrder) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  constexpr int count_jobs = 60;
  int answered = 0;
  std::vector<int> told;
  for (int i = 0; i < count_jobs; ++i) {
    start(store->write(
              no_deadline,
              [i](Connection& connection) -> Result<int> {
                if (i % 7 == 3) return fail(ErrorCode::conflict, "looked, and wrote nothing");
                connection.prepare("INSERT INTO entry(key, value) VALUES(?, 'x')").bind(i).run();
                if (i % 5 == 1) return fail(ErrorCode::conflict, "wrote, and failed");
                if (i % 11 == 2) throw std::logic_error("a defect");
                if (i % 13 == 4)
                  connection.prepare("INSERT INTO entry(key, value) VALUES(?, 'x')").bind(i).run();
                return i;
              },
              [&told](int value) { told.push_back(value); }),
          [&](auto) { ++answered; });
  }
  executor.run_until([&] { return answered == count_jobs; });
  std::vector<int> expected;
  for (int i = 0; i < count_jobs; ++i)
    if (i % 7 != 3 && i % 5 != 1 && i % 11 != 2 && i % 13 != 4) expected.push_back(i);
  EXPECT_EQ(told, expected);
  EXPECT_EQ(count(), static_cast<std::int64_t>(expected.size()));
}

TEST_F(StoreTest, ASecondStoreOnTheFileIsRefusedNamingTheLock) {
  try {
    Store second(folder.path(), "store_test", readers);
    FAIL() << "the lock did not hold";
  } catch (const std::runtime_error& refusal) {
    EXPECT_NE(std::string{refusal.what()}.find("store_test.lock"), std::string::npos);
    EXPECT_NE(std::string{refusal.what()}.find(std::to_string(getpid())), std::string::npos);
  }
}

TEST_F(StoreTest, AReaderThatCannotBeOpenedIsAnErrorAndNotTheEnd) {
  Store looking(folder.path(), "store_test", readers, {.read_only = true});
  store.reset();
  std::filesystem::rename(folder.path() / "store_test.db", folder.path() / "elsewhere.db");
  const auto read = sync_wait(looking.read(no_deadline, [](Connection&) -> Status { return {}; }));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unavailable);
}

TEST_F(StoreTest, WhatCannotBeReadAtTheStartIsSaidWithItsFile) {
  try {
    store->read_at_start("the entries", [](Connection& connection) -> Status {
      auto row = connection.prepare("SELECT 'no id'");
      row.step();
      row.id<UserId>(0);
      return {};
    });
    FAIL() << "it was read";
  } catch (const std::runtime_error& refusal) {
    EXPECT_NE(std::string_view{refusal.what()}.find("the entries"), std::string_view::npos);
    EXPECT_NE(std::string_view{refusal.what()}.find("store_test.db"), std::string_view::npos)
        << refusal.what();
  }
}

TEST_F(StoreTest, AReadThatEndsItsTransactionIsSurvived) {
  ASSERT_TRUE(insert(1));
  // What SQLite does by itself after an I/O error.
  ASSERT_TRUE(sync_wait(store->read(no_deadline, [](Connection& connection) -> Status {
    connection.execute("ROLLBACK");
    return {};
  })));
  EXPECT_EQ(count(), 1);
}

TEST_F(StoreTest, AWriteThatCannotBeginIsRefusedAndTheNextOneGoesOn) {
  Connection other((folder.path() / "store_test.db").string(), Connection::Mode::writer);
  other.execute("BEGIN IMMEDIATE");
  const auto refused = insert(1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  other.execute("ROLLBACK");
  EXPECT_TRUE(insert(1));
}

TEST_F(StoreTest, ReadersCannotWrite) {
  const auto written = sync_wait(store->read(no_deadline, [](Connection& connection) -> Status {
    connection.prepare("INSERT INTO entry(key, value) VALUES(1, 'x')").run();
    return {};
  }));
  EXPECT_FALSE(written);
}

TEST_F(StoreTest, AReadOnlyStoreLooksAtAFileInUse) {
  ASSERT_TRUE(insert(1));
  Store looking(folder.path(), "store_test", readers, {.read_only = true});
  const auto seen = sync_wait(looking.read(no_deadline, [](Connection& connection) -> Result<std::int64_t> {
    auto rows = connection.prepare("SELECT count(*) FROM entry");
    rows.step();
    return rows.integer(0);
  }));
  EXPECT_EQ(seen, 1);
  const auto written = sync_wait(looking.write(no_deadline, [](Connection&) -> Status { return {}; }));
  EXPECT_EQ(written.error().code, ErrorCode::unavailable);
  EXPECT_THROW(Store(folder.path(), "missing", readers, {.read_only = true}), std::runtime_error);
}

TEST_F(StoreTest, EverythingIsThereAfterReopening) {
  ASSERT_TRUE(insert(1));
  store.reset();
  store = std::make_unique<Store>(folder.path(), "store_test", readers);
  EXPECT_EQ(count(), 1);
}

/// Adds `count` rows of a page each, from key `first`, in one job.
Status fill(Store& store, int first, int count) {
  return sync_wait(store.write(no_deadline, [=](Connection& connection) -> Status {
    const std::string value(4000, 'v');
    for (int key = first; key < first + count; ++key)
      connection.prepare("INSERT INTO entry(key, value) VALUES(?, ?)").bind_all(key, value).run();
    return {};
  }));
}

TEST_F(StoreTest, TheLogIsShortenedAsItGrows) {
  const auto size_of = [this](const char* file) { return std::filesystem::file_size(folder.path() / file); };
  // A few at a time: 16 MB go through it.
  for (int turn = 0; turn < 1000; ++turn) ASSERT_TRUE(fill(*store, turn * 4, 4));
  EXPECT_LT(size_of("store_test.db-wal"), 9'000'000U);
  EXPECT_GT(size_of("store_test.db"), 9'000'000U);
  // In a busy time it may grow longer, and not for ever: another 60 MB.
  for (int turn = 40; turn < 190; ++turn) ASSERT_TRUE(fill(*store, turn * 100, 100));
  EXPECT_LT(size_of("store_test.db-wal"), 36'000'000U);
  EXPECT_EQ(count(), 19'000);
}

/// Of the store's file and its log.
std::string bytes_in(const std::filesystem::path& folder) {
  std::string bytes;
  for (const auto* name : {"store_test.db", "store_test.db-wal"}) {
    std::ifstream file(folder / name, std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(file), {});
  }
  return bytes;
}

TEST_F(StoreTest, WhatWasDeletedOrChangedIsNotLeftInTheFiles) {
  const auto write = [&](const std::string& sql, int first, int last) {
    return sync_wait(store->write(no_deadline, [=](Connection& connection) -> Status {
      for (int key = first; key < last; ++key)
        connection.prepare(sql)
            .bind_all(fmt::format("secret-{:06}-{}", key, std::string(key % 90, 'x')), key)
            .run();
      return {};
    }));
  };
  // Between each other, so that pages are split and shared.
  for (int turn = 0; turn < 40; ++turn)
    ASSERT_TRUE(write("INSERT INTO entry(value, key) VALUES(?, ?)", turn * 50, turn * 50 + 50));
  ASSERT_TRUE(sync_wait(store->forget_deleted(no_deadline)));
  ASSERT_TRUE(bytes_in(folder.path()).contains("secret-000777"));
  ASSERT_TRUE(sync_wait(store->write(no_deadline, [](Connection& connection) -> Status {
    connection.prepare("UPDATE entry SET value = '' WHERE key % 3 = 0").run();
    connection.prepare("DELETE FROM entry WHERE key % 3 = 1").run();
    return {};
  })));
  ASSERT_TRUE(sync_wait(store->forget_deleted(no_deadline)));
  const auto bytes = bytes_in(folder.path());
  for (int key = 0; key < 2000; ++key)
    ASSERT_EQ(bytes.contains(fmt::format("secret-{:06}", key)), key % 3 == 2) << key;
  EXPECT_EQ(std::filesystem::file_size(folder.path() / "store_test.db-wal"), 0U);
  EXPECT_TRUE(insert(5000)) << "and it goes on";
}

TEST_F(StoreTest, AReaderInTheWayKeepsTheLogForAMoment) {
  ASSERT_TRUE(insert(1));
  Connection reader((folder.path() / "store_test.db").string(), Connection::Mode::reader);
  reader.prepare("BEGIN").run();
  reader.prepare("SELECT count(*) FROM entry").step();
  ASSERT_TRUE(insert(2));
  const auto refused = sync_wait(store->forget_deleted(no_deadline));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(store->writable());
  reader.prepare("COMMIT").run();
  EXPECT_TRUE(sync_wait(store->forget_deleted(no_deadline)));
  EXPECT_EQ(count(), 2);
}

TEST_F(StoreTest, ADamagedFileIsFoundAndWrittenToNoMore) {
  ASSERT_TRUE(fill(*store, 0, 100));
  const auto path = folder.path() / "store_test.db";
  EXPECT_EQ(find_damage(path), std::vector<std::string>{});
  store.reset();
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    constexpr int sound_pages = 10;
    const auto size = std::filesystem::file_size(path);
    file.seekp(sound_pages * 4096);
    file << std::string(size - sound_pages * 4096, '\xA5');
  }
  store = std::make_unique<Store>(folder.path(), "store_test", readers);
  EXPECT_FALSE(find_damage(path).empty());
  const auto refused = insert(1000);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_FALSE(store->writable());
}

TEST_F(StoreTest, AnEditedMigrationAndANewerFileAreRefused) {
  store.reset();
  const auto path = folder.path() / "store_test.db";
  Connection connection(path.string(), Connection::Mode::writer);
  const std::array edited{Migration{1, "entry", "CREATE TABLE other(x)"}};
  EXPECT_THROW(migrate(connection, path, edited), std::runtime_error);
  EXPECT_THROW(migrate(connection, path, {}), std::runtime_error);
}

TEST_F(StoreTest, ReportsItsBatchesItsCommitsAndItsFiles) {
  Metrics metrics;
  store.reset();
  store = std::make_unique<Store>(folder.path(), "store_test", readers, StoreOptions{.metrics = &metrics});
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(insert(i));
  const auto text = metrics.text();
  for (const auto* line : {R"(cloudcart_sqlite_batch_jobs_sum{store="store_test"} 3)",
                           R"(cloudcart_sqlite_commit_duration_seconds_count{store="store_test"} 3)",
                           R"(cloudcart_sqlite_write_queue_jobs{store="store_test"} 0)",
                           R"(cloudcart_sqlite_write_queue_limit_jobs{store="store_test"} 20000)",
                           R"(cloudcart_sqlite_writes_refused_total{store="store_test"} 0)"})
    EXPECT_TRUE(text.contains(line)) << line << "\n" << text;
  for (const auto* nothing : {R"(cloudcart_sqlite_file_bytes{file="database",store="store_test"} 0)",
                              R"(cloudcart_sqlite_file_bytes{file="log",store="store_test"} 0)"})
    EXPECT_FALSE(text.contains(nothing)) << text;
  store.reset();
}

TEST_F(StoreTest, ReportsWhatItRefuses) {
  Metrics metrics;
  store.reset();
  store = std::make_unique<Store>(folder.path(), "store_test", readers,
                                  StoreOptions{.write_queue_bound = 0, .metrics = &metrics});
  EXPECT_EQ(insert(1).error().code, ErrorCode::overloaded);
  EXPECT_TRUE(metrics.text().contains(R"(cloudcart_sqlite_writes_refused_total{store="store_test"} 1)"));
  store.reset();
}

}  // namespace
}  // namespace cloudcart::sqlite
