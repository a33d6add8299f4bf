#include "backup/manifest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cloudcart::backup {
namespace {

const std::string some_hash(64, 'a');

Manifest sample() {
  return {
      .program = "1.2.3",
      .taken_at = from_unix_ms(1'795'000'000'123),
      .contents = {.accounts = 3, .products = 20, .orders = 7, .log_position = 19},
      .files = {
          {"user.db", 4096, some_hash, 11}, {"order.db", 8192, some_hash, 7}, {"jwt.secret", 64, some_hash}}};
}

TEST(Manifest, ReadsAsItWasWritten) {
  const auto read = parse_manifest(to_json(sample()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, sample());
  EXPECT_TRUE(read->has(keys_name));
  EXPECT_FALSE(read->has(imports_name));
  EXPECT_EQ(read->bytes(), 4096 + 8192 + 64);
}

TEST(Manifest, OneOfANewerFormatIsRefusedForThatAlone) {
  const auto read = parse_manifest(R"({"format": 2, "parts": []})");
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("newer CloudCart"), std::string::npos) << read.error().message;
}

TEST(Manifest, OnlyFilesOfADataFolderAreTaken) {
  for (const auto* name : {"../user.db", "/etc/passwd", "user.db/x", ".", "other.db", "user.lock"}) {
    auto manifest = sample();
    manifest.files[0].name = name;
    EXPECT_FALSE(parse_manifest(to_json(manifest))) << name;
  }
}

TEST(Manifest, NamesNoFileTwiceAndTellsTheSchemaOfStoresAlone) {
  auto twice = sample();
  twice.files[1].name = "user.db";
  EXPECT_FALSE(parse_manifest(to_json(twice)));
  auto without = sample();
  without.files[0].schema = 0;
  EXPECT_FALSE(parse_manifest(to_json(without)));
  auto with = sample();
  with.files[2].schema = 3;
  EXPECT_FALSE(parse_manifest(to_json(with)));
}

TEST(Manifest, WhatIsNoneIsRefused) {
  auto short_hash = sample();
  short_hash.files[0].sha256 = "abc";
  for (const auto& text : {std::string{}, std::string{"[]"}, std::string{"{}"},
                           std::string{R"({"format": 1})"}, to_json(sample()).substr(1), to_json(short_hash)})
    EXPECT_FALSE(parse_manifest(text)) << text;
}

}  // namespace
}  // namespace cloudcart::backup
