#include <filesystem>

#include <sys/stat.h>

#include "adapters/files/recommendation/file_model_snapshots.h"
#include "adapters/memory/recommendation/memory_model_snapshots.h"
#include "model_snapshots_contract.h"
#include "support/temp_folder.h"

namespace cloudcart::recommendation {
namespace {

struct MemorySnapshots {
  ModelSnapshots& snapshots() { return memory_; }
  void reopen() {}

 private:
  MemoryModelSnapshots memory_;
};

struct FileSnapshots {
  ModelSnapshots& snapshots() { return *files_; }
  void reopen() { files_.emplace(folder_.path() / "model", pool_); }
  std::filesystem::path folder() const { return folder_.path(); }

  FileSnapshots() { reopen(); }

 private:
  test::TempFolder folder_;
  OffloadPool pool_{"test-files", 1, 10};
  std::optional<FileModelSnapshots> files_;
};

using Implementations = testing::Types<MemorySnapshots, FileSnapshots>;
INSTANTIATE_TYPED_TEST_SUITE_P(All, ModelSnapshotsContract, Implementations);

TEST(FileModelSnapshotsTest, TheFileIsItsOwnersAloneAndNothingLiesBesideIt) {
  FileSnapshots fixture;
  ASSERT_TRUE(sync_wait(fixture.snapshots().save("learnt", Deadline::max())));
  struct stat about{};
  ASSERT_EQ(::stat((fixture.folder() / "model").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(fixture.folder()), {}), 1);
}

TEST(FileModelSnapshotsTest, AFolderThatIsGoneIsSaidSo) {
  OffloadPool pool("test-files", 1, 10);
  FileModelSnapshots snapshots("/nowhere/at/all", pool);
  const auto saved = sync_wait(snapshots.save("learnt", Deadline::max()));
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::unavailable);
  EXPECT_THAT(saved.error().message, testing::HasSubstr("/nowhere/at/all"));
}

}  // namespace
}  // namespace cloudcart::recommendation
