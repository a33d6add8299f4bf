#include "core/server_address.h"

#include <gtest/gtest.h>

namespace cloudcart {
namespace {

std::optional<ServerAddress> parse(std::string_view text) {
  return parse_server_address(text, redis_schemes);
}

TEST(ServerAddressTest, HasHostAndPortAtLeast) {
  EXPECT_EQ(parse("cache:6379"), (ServerAddress{.host = "cache", .port = 6379}));
  EXPECT_EQ(parse("redis://10.0.0.1:6379/"), (ServerAddress{.host = "10.0.0.1", .port = 6379}));
  EXPECT_EQ(parse("[::1]:6379"), (ServerAddress{.host = "::1", .port = 6379}));
}

TEST(ServerAddressTest, MayNameWhoSpeaksAndAskForTls) {
  EXPECT_EQ(
      parse("rediss://shop:p%40ss%3Aword@cache:6380"),
      (ServerAddress{.tls = true, .user = "shop", .password = "p@ss:word", .host = "cache", .port = 6380}));
  EXPECT_EQ(parse("redis://:secret@cache:6379"),
            (ServerAddress{.password = "secret", .host = "cache", .port = 6379}));
  EXPECT_EQ(parse("shop@cache:6379"), (ServerAddress{.user = "shop", .host = "cache", .port = 6379}));
}

TEST(ServerAddressTest, IsNothingElse) {
  for (const auto* text :
       {"", "cache", ":6379", "cache:", "cache:0", "cache:65536", "cache:6379x", "http://cache:6379",
        "::1:6379", "[::1:6379", "cache:6379/0", "a%2@cache:6379", "ca che:6379", "redis://"})
    EXPECT_FALSE(parse(text)) << text;
}

TEST(ServerAddressTest, IsShownWithoutItsPassword) {
  EXPECT_EQ(parse("rediss://shop:secret@cache:6380")->place(), "cache:6380");
  EXPECT_EQ(parse("[::1]:6379")->place(), "[::1]:6379");
}

}  // namespace
}  // namespace cloudcart
