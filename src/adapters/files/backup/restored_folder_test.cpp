#include "adapters/files/backup/restored_folder.h"

#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "adapters/files/backup/archive_writer.h"
#include "core/sha256.h"
#include "support/temp_folder.h"

namespace cloudcart::backup {
namespace {

const std::string bytes(1'000'000, 'u');

class RestoredFolderTest : public testing::Test {
 protected:
  RestoredFolderTest() {
    const BackupFile user{"user.db", static_cast<std::int64_t>(bytes.size()), to_hex(sha256(bytes)), 1};
    const files::Descriptor out(archive_file, O_WRONLY | O_CREAT);
    ArchiveWriter writer(out);
    const auto done = [](const Status& status) { ASSERT_TRUE(status); };
    done(writer.begin({.program = "1", .taken_at = {}, .contents = {}, .files = {user}}));
    done(writer.begin_file(user));
    done(writer.write(bytes));
    done(writer.end_file());
    done(writer.finish());
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()),
                                                  std::filesystem::directory_iterator{}));
  }
  static bool on(std::int64_t) { return true; }

  test::TempFolder folder;
  const std::filesystem::path archive_file = folder.path() / "backup", target = folder.path() / "shop";
};

TEST_F(RestoredFolderTest, AppearsOnceItIsWhole) {
  const files::Descriptor archive(archive_file, O_RDONLY);
  {
    auto restored = RestoredFolder::create(target);
    ASSERT_TRUE(restored);
    ASSERT_TRUE(restored->unpack(archive, on));
    EXPECT_FALSE(std::filesystem::exists(target));
    ASSERT_TRUE(restored->put_in_place());
  }
  EXPECT_EQ(entries(), 2U) << "the backup and the folder";
  std::ifstream in(target / "user.db", std::ios::binary);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(in), {}}), bytes);
  using enum std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(target / "user.db").permissions(), owner_read | owner_write);
  EXPECT_EQ(std::filesystem::status(target).permissions(), owner_all);
}

TEST_F(RestoredFolderTest, TakesThePlaceOfAnEmptyFolderAndOfNoOther) {
  const files::Descriptor archive(archive_file, O_RDONLY);
  std::filesystem::create_directory(target);
  auto restored = RestoredFolder::create(target);
  ASSERT_TRUE(restored);
  ASSERT_TRUE(restored->unpack(archive, on));
  std::ofstream(target / "order.db") << "mine";
  const auto refused = restored->put_in_place();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_FALSE(std::filesystem::exists(target / "user.db"));
  EXPECT_FALSE(RestoredFolder::create(target));
  std::filesystem::remove(target / "order.db");
  EXPECT_TRUE(restored->put_in_place());
  EXPECT_TRUE(std::filesystem::exists(target / "user.db"));
}

TEST_F(RestoredFolderTest, LeavesNothingWhenItIsBrokenOff) {
  const files::Descriptor archive(archive_file, O_RDONLY);
  {
    auto restored = RestoredFolder::create(target);
    ASSERT_TRUE(restored);
    EXPECT_FALSE(restored->unpack(archive, [](std::int64_t done) { return done < 500'000; }));
  }
  EXPECT_EQ(entries(), 1U);
}

}  // namespace
}  // namespace cloudcart::backup
