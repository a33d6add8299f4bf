#include "adapters/files/store/staged_file.h"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace cloudcart::files {
namespace {

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator{}));
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(StagedFile, HasItsNameOnceItIsComplete) {
  const test::TempFolder folder;
  const auto target = folder.path() / "backup";
  auto file = StagedFile::create(target);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->file().write_all("whole"));
  EXPECT_FALSE(std::filesystem::exists(target));
  ASSERT_TRUE(file->publish());
  EXPECT_EQ(text_of(target), "whole");
  EXPECT_EQ(files_in(folder.path()), 1U);
  using enum std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(target).permissions(), owner_read | owner_write);
}

TEST(StagedFile, LeavesNothingWhenItIsGivenUp) {
  const test::TempFolder folder;
  {
    const auto file = StagedFile::create(folder.path() / "backup");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->file().write_all("half"));
  }
  EXPECT_EQ(files_in(folder.path()), 0U);
}

TEST(StagedFile, NeverTakesTheNameOfAnother) {
  const test::TempFolder folder;
  const auto target = folder.path() / "backup";
  auto late = StagedFile::create(target);
  ASSERT_TRUE(late);
  std::ofstream(target) << "another";
  const auto refused = late->publish();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_EQ(text_of(target), "another");
  const auto second = StagedFile::create(target);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST(StagedFile, AFolderThatIsNotThereIsAnError) {
  const test::TempFolder folder;
  const auto file = StagedFile::create(folder.path() / "none" / "backup");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace cloudcart::files
