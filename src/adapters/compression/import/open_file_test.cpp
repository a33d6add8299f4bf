#include "adapters/compression/import/open_file.h"

#include <fstream>

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include "support/temp_folder.h"

namespace cloudcart::history {
namespace {

std::string gzipped(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd_compressed(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

/// Larger than every buffer on the way, and not the same everywhere.
std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 1'500'000; ++i) text += std::to_string(i * 7919) + ",";
  return text;
}

class OpenFileTest : public testing::Test {
 protected:
  std::filesystem::path file(std::string_view bytes, const std::string& name = "history.csv") {
    const auto path = folder_.path() / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  Result<std::string> read_all(const std::filesystem::path& path, std::size_t piece) {
    CLOUDCART_TRY(auto source, open_file(path));
    std::string text, buffer(piece, '\0');
    for (;;) {
      CLOUDCART_TRY(const auto got, source->read(buffer));
      if (got == 0) break;
      text.append(buffer, 0, got);
      EXPECT_LE(source->position(), source->size());
    }
    EXPECT_EQ(source->size(), std::filesystem::file_size(path));
    return text;
  }

  test::TempFolder folder_;
};

TEST_F(OpenFileTest, TheFirstBytesSayWhatItIs) {
  const auto text = long_text();
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{1} << 20}) {
    EXPECT_EQ(read_all(file(text, "a.csv.gz"), piece), text) << "plain, whatever its name";
    EXPECT_EQ(read_all(file(gzipped(text), "b.csv"), piece), text);
    EXPECT_EQ(read_all(file(zstd_compressed(text), "c.csv"), piece), text);
  }
}

TEST_F(OpenFileTest, PartsOneAfterTheOtherAreOneFile) {
  EXPECT_EQ(read_all(file(gzipped("one,") + gzipped("") + gzipped("two")), 100), "one,two");
  EXPECT_EQ(read_all(file(zstd_compressed("one,") + zstd_compressed("two")), 100), "one,two");
}

TEST_F(OpenFileTest, ZerosBehindTheLastPartArePadding) {
  EXPECT_EQ(read_all(file(gzipped("all") + std::string(512, '\0')), 100), "all");
}

TEST_F(OpenFileTest, SmallAndEmptyFiles) {
  EXPECT_EQ(read_all(file(""), 100), "");
  EXPECT_EQ(read_all(file("x"), 100), "x");
  EXPECT_EQ(read_all(file(gzipped("")), 100), "");
  EXPECT_EQ(read_all(file(zstd_compressed("")), 100), "");
}

TEST_F(OpenFileTest, CutOffAndDamagedFilesAreErrorsAndNotShortFiles) {
  for (auto bytes : {gzipped(long_text()), zstd_compressed(long_text())}) {
    const auto cut = read_all(file(std::string_view{bytes}.substr(0, bytes.size() - 20)), 4096);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, ErrorCode::unavailable);
    EXPECT_NE(cut.error().message.find("cut off"), std::string::npos) << cut.error().message;

    for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 64; ++at)
      bytes[at] = static_cast<char>(~bytes[at]);
    const auto damaged = read_all(file(bytes), 4096);
    // zstd frames without a checksum may decode to something else, but never to more than was there.
    if (!damaged) EXPECT_EQ(damaged.error().code, ErrorCode::unavailable);
    if (damaged) EXPECT_NE(*damaged, long_text());
  }
}

TEST_F(OpenFileTest, WhatCannotBeOpened) {
  EXPECT_EQ(open_file(folder_.path() / "nothing.csv").error().code, ErrorCode::not_found);
  EXPECT_EQ(open_file(folder_.path()).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace cloudcart::history
