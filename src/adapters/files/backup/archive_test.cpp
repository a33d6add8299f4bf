#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "adapters/files/backup/archive_reader.h"
#include "adapters/files/backup/archive_writer.h"
#include "core/sha256.h"
#include "support/temp_folder.h"

namespace cloudcart::backup {
namespace {

/// Nothing that can be compressed away.
std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint64_t state = 88172645463325252ULL;
  for (auto& byte : bytes) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    byte = static_cast<char>(state);
  }
  return bytes;
}

class ArchiveTest : public testing::Test {
 protected:
  BackupFile entry(const std::string& name, int schema = 0) const {
    const auto& bytes = contents.at(name);
    return {name, static_cast<std::int64_t>(bytes.size()), to_hex(sha256(bytes)), schema};
  }
  Manifest manifest() const {
    return {.program = "1.0",
            .taken_at = from_unix_ms(1'795'000'000'000),
            .contents = {},
            .files = {entry("user.db", 11), entry("order.db", 7), entry("jwt.secret")}};
  }
  void write(const Manifest& manifest, const std::string& more = {}) const {
    const files::Descriptor out(file, O_WRONLY | O_CREAT | O_TRUNC);
    ArchiveWriter writer(out);
    ASSERT_TRUE(writer.begin(manifest));
    for (const auto& one : manifest.files) {
      ASSERT_TRUE(writer.begin_file(one));
      const std::string_view bytes = contents.at(one.name);
      for (std::size_t at = 0; at < bytes.size(); at += 100'000)
        ASSERT_TRUE(writer.write(bytes.substr(at, 100'000)));
      ASSERT_TRUE(writer.end_file());
    }
    ASSERT_TRUE(writer.finish());
    ASSERT_TRUE(out.write_all(more));
  }
  Result<Manifest> read(std::map<std::string, std::string>* taken = nullptr) const {
    const files::Descriptor in(file, O_RDONLY);
    return read_archive(
        in, [](const Manifest&) -> Status { return {}; },
        [&](const BackupFile& one, std::string_view piece, bool) -> Status {
          if (taken) (*taken)[one.name] += piece;
          return {};
        });
  }
  std::string bytes() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void replace(std::string_view bytes) const { std::ofstream(file, std::ios::binary) << bytes; }

  test::TempFolder folder;
  const std::filesystem::path file = folder.path() / "backup";
  const std::map<std::string, std::string> contents{
      {"user.db", noise(30'001)}, {"order.db", std::string(100'000, 'o')}, {"jwt.secret", ""}};
};

TEST_F(ArchiveTest, ReadsAsItWasWritten) {
  write(manifest());
  std::map<std::string, std::string> taken;
  const auto read_back = read(&taken);
  ASSERT_TRUE(read_back) << read_back.error().message;
  EXPECT_EQ(*read_back, manifest());
  EXPECT_EQ(taken, contents);
}

TEST_F(ArchiveTest, EveryFlippedBitIsFound) {
  write(manifest());
  const auto whole = bytes();
  // The parts that are few: head, manifest, end; and samples of the rest.
  for (std::size_t at = 0; at < whole.size(); at += at < 600 || at + 100 > whole.size() ? 1 : 173) {
    auto changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    replace(changed);
    const auto result = read();
    // What is only for other decompressors may change: the size of the window in the frame's head.
    if (result) EXPECT_EQ(*result, manifest()) << "byte " << at;
    if (at > 8) EXPECT_FALSE(result) << "byte " << at;
  }
}

TEST_F(ArchiveTest, OneThatIsCutOffAnywhereIsRefused) {
  write(manifest());
  const auto whole = bytes();
  for (std::size_t size = 0; size < whole.size(); size += size < 600 || size + 100 > whole.size() ? 1 : 173) {
    replace(std::string_view{whole}.substr(0, size));
    const auto result = read();
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error().code, ErrorCode::validation_failed);
  }
}

TEST_F(ArchiveTest, NothingMayFollow) {
  write(manifest(), "x");
  EXPECT_FALSE(read());
  write(manifest(), bytes());
  EXPECT_FALSE(read());
}

TEST_F(ArchiveTest, ADigestThatIsNotThatOfTheFileIsFound) {
  auto lies = manifest();
  lies.files[1].sha256 = to_hex(sha256("another"));
  write(lies);
  const auto result = read();
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("order.db"), std::string::npos);
}

TEST_F(ArchiveTest, AFileMustBeAsLongAsItsManifestSays) {
  const files::Descriptor out(file, O_WRONLY | O_CREAT | O_TRUNC);
  ArchiveWriter writer(out);
  ASSERT_TRUE(writer.begin(manifest()));
  ASSERT_TRUE(writer.begin_file(manifest().files[0]));
  EXPECT_THROW(static_cast<void>(writer.end_file()), std::logic_error);
  EXPECT_THROW(static_cast<void>(writer.write(std::string(400'000, 'x'))), std::logic_error);
}

TEST_F(ArchiveTest, OtherFilesAreNoBackups) {
  for (const auto* text : {"", "no backup", "\x28\xB5\x2F\xFD garbage"}) {
    replace(text);
    const auto result = read();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::validation_failed) << result.error().message;
  }
}

}  // namespace
}  // namespace cloudcart::backup
