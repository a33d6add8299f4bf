#include "adapters/redis/cache/resp.h"

#include <array>

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include "adapters/redis/cache/keyspace.h"

namespace cloudcart::redis {
namespace {

using namespace std::string_view_literals;

TEST(Resp, WritesWordsOfAnyBytes) {
  std::string out = "before";
  append_command(out, std::array{"SET"sv, "a\r\n\0b"sv, ""sv});
  EXPECT_EQ(out, "before*3\r\n$3\r\nSET\r\n$5\r\na\r\n\0b\r\n$0\r\n\r\n"sv);
}

TEST(Resp, ReadsRepliesThatComeByteByByte) {
  constexpr auto bytes = "*3\r\n$5\r\na\r\n\0b\r\n$-1\r\n:7\r\n+OK\r\n-ERR no\r\n"sv;
  ReplyReader reader(1'000);
  std::vector<Reply> replies;
  for (const char byte : bytes) {
    ASSERT_TRUE(reader.feed({&byte, 1}));
    for (;;) {
      auto reply = reader.next();
      ASSERT_TRUE(reply);
      if (!*reply) break;
      replies.push_back(*std::move(reply));
    }
  }
  ASSERT_EQ(replies.size(), 3U);
  ASSERT_EQ(replies[0]->elements, 3U);
  EXPECT_EQ(text_of(*replies[0]->element[0]), "a\r\n\0b"sv);
  EXPECT_EQ(text_of(*replies[0]->element[1]), "");
  EXPECT_EQ(text_of(*replies[1]), "OK");
  EXPECT_FALSE(is_error(*replies[1]));
  EXPECT_EQ(text_of(*replies[2]), "ERR no");
  EXPECT_TRUE(is_error(*replies[2]));
}

TEST(Resp, RefusesWhatIsNoReplyAndWhatIsTooLarge) {
  ReplyReader other(1'000);
  ASSERT_TRUE(other.feed("HTTP/1.1 400 Bad Request\r\n"));
  EXPECT_FALSE(other.next());

  // Announced are 16 GiB of pointers.
  ReplyReader announced(1'000);
  ASSERT_TRUE(announced.feed("*2147483647\r\n"));
  EXPECT_FALSE(announced.next());

  ReplyReader reader(1'000);
  ASSERT_TRUE(reader.feed("$5000\r\n" + std::string(900, 'x')));
  EXPECT_TRUE(reader.next());
  ASSERT_TRUE(reader.feed(std::string(200, 'x')));
  EXPECT_FALSE(reader.next());
}

TEST(Resp, ManySmallRepliesAtOnceAreNotTooLarge) {
  ReplyReader reader(100);
  std::string bytes;
  for (int i = 0; i < 1'000; ++i) bytes += "+OK\r\n";
  ASSERT_TRUE(reader.feed(bytes + "$50\r\nbegun"));
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(*reader.next());
  EXPECT_FALSE(*reader.next());
}

TEST(Keyspace, TextsOfVersionsCompareAsTheVersionsDo) {
  const std::array<Version, 7> versions{std::numeric_limits<Version>::min(), -5, 0, 9, 10, 1LL << 60,
                                        std::numeric_limits<Version>::max()};
  for (const auto a : versions) {
    EXPECT_EQ(parse_version(to_text(a)), a);
    for (const auto b : versions) EXPECT_EQ(to_text(a) < to_text(b), a < b) << a << " " << b;
  }
  EXPECT_EQ(parse_version("12"), std::nullopt);
  EXPECT_EQ(parse_version("0922337203685477580x"), std::nullopt);
}

TEST(Keyspace, ReadsEntriesOfItsLifeAndNotBelowTheBase) {
  const Stamp stamp{.born = "1690000000000001", .base = 5};
  const auto stored = "1690000000000001" + to_text(5) + "value";
  EXPECT_EQ(read_entry(stored, stamp), (CacheEntry{"value", 5}));
  EXPECT_EQ(read_entry("1690000000000001" + to_text(4) + "value", stamp), std::nullopt);
  EXPECT_EQ(read_entry("1690000000000000" + to_text(5) + "value", stamp), std::nullopt);
  EXPECT_EQ(read_entry("something else", stamp), std::nullopt);
  EXPECT_EQ(read_entry("", stamp), std::nullopt);
  EXPECT_EQ(read_entry(stored, Stamp{}), std::nullopt);
}

TEST(Keyspace, SlotsAreTheSameInEveryProcess) {
  EXPECT_EQ(Keyspace::slot_of("product/main/1"), Keyspace::slot_of(std::string{"product/main/"} + "1"));
  for (int i = 0; i < 10'000; ++i)
    EXPECT_LT(std::stoul(Keyspace::slot_of("key " + std::to_string(i))), Keyspace::slots);
}

}  // namespace
}  // namespace cloudcart::redis
