#include "backup/tar.h"

#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace cloudcart::backup {
namespace {

const Timestamp moment = from_unix_ms(1'795'000'000'123);

TEST(Tar, AHeaderReadsAsItWasWritten) {
  for (const std::uint64_t bytes :
       {0ULL, 1ULL, 511ULL, 8'589'934'591ULL, 8'589'934'592ULL, 9'000'000'000'000ULL}) {
    const TarEntry entry{"order.db", bytes};
    const auto block = tar_header(entry, moment);
    ASSERT_EQ(block.size(), tar_block);
    const auto read = read_tar_header(block);
    ASSERT_TRUE(read && *read) << bytes;
    EXPECT_EQ(**read, entry);
  }
}

TEST(Tar, ABlockOfZerosIsTheEnd) {
  const auto read = read_tar_header(std::string(tar_block, '\0'));
  ASSERT_TRUE(read);
  EXPECT_FALSE(*read);
}

TEST(Tar, EveryChangedByteOfAHeaderIsFound) {
  const auto block = tar_header({"order.db", 12'345}, moment);
  for (std::size_t i = 0; i < block.size(); ++i) {
    auto changed = block;
    changed[i] = static_cast<char>(changed[i] ^ 0x04);
    EXPECT_FALSE(read_tar_header(changed)) << "byte " << i;
  }
  EXPECT_FALSE(read_tar_header(block.substr(1)));
}

TEST(Tar, TheToolReadsIt) {
  const test::TempFolder folder;
  const auto archive = folder.path() / "x.tar";
  const std::string small = "{}", large(1000, 'x');
  std::ofstream out(archive, std::ios::binary);
  for (const auto& [name, bytes] : {std::pair{"manifest.json", small}, {"user.db", large}})
    out << tar_header({name, bytes.size()}, moment) << bytes << std::string(tar_padding(bytes.size()), '\0');
  out << std::string(tar_end, '\0');
  out.close();
  ASSERT_EQ(std::system(fmt::format("tar -C {0} -xf {1}", folder.path().string(), archive.string()).c_str()),
            0);
  std::ifstream in(folder.path() / "user.db", std::ios::binary);
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>(in), {}}), large);
  using enum std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(folder.path() / "user.db").permissions(), owner_read | owner_write);
}

}  // namespace
}  // namespace cloudcart::backup
