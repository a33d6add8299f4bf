#include <arpa/inet.h>
#include <gtest/gtest.h>

#include "http/address_kind.h"
#include "http/web_url.h"

namespace cloudcart::http {
namespace {

TEST(WebUrlTest, ReadsHostPortAndTarget) {
  EXPECT_EQ(parse_web_url("https://hooks.example.com/a/b?c=d%20e"),
            (WebUrl{true, "hooks.example.com", 443, "/a/b?c=d%20e"}));
  EXPECT_EQ(parse_web_url("HTTP://localhost:8080"), (WebUrl{false, "localhost", 8080, "/"}));
  EXPECT_EQ(parse_web_url("http://a?b"), (WebUrl{false, "a", 80, "/?b"}));
  EXPECT_EQ(parse_web_url("https://[::1]:8443/x"), (WebUrl{true, "::1", 8443, "/x"}));
}

TEST(WebUrlTest, WritesTheAuthorityAsAHostFieldHasIt) {
  EXPECT_EQ(parse_web_url("https://a:443/")->authority(), "a");
  EXPECT_EQ(parse_web_url("http://a:443/")->authority(), "a:443");
  EXPECT_EQ(parse_web_url("https://[::1]:8443")->authority(), "[::1]:8443");
}

TEST(WebUrlTest, RefusesWhatIsNone) {
  for (const std::string_view text : {"",
                                      "hooks.example.com",
                                      "ftp://a",
                                      "//a",
                                      "http://",
                                      "http:///x",
                                      "https://user:pass@a/",
                                      "https://user@a/",
                                      "http://a:0/",
                                      "http://a:65536/",
                                      "http://a:b/",
                                      "http://a:/",
                                      "http://a..b/",
                                      "http://[::1/",
                                      "http://[x]/",
                                      "http://[..1]/",
                                      "http://[1]/",
                                      "http://[12345::]/",
                                      "http://[::1%eth0]/",
                                      "http://[::1]x/",
                                      "http://a/#fragment",
                                      "http://a/ b",
                                      "http://a/\r\nX: y",
                                      "http://a/%zz",
                                      "http://a/ü",
                                      "http://a\\b/",
                                      "http://ü.example/"})
    EXPECT_EQ(parse_web_url(text), std::nullopt) << text;
}

AddressKind kind_of(const char* text) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text, bytes.data()) == 1) return kind_of_address(std::span{bytes}.first(4));
  EXPECT_EQ(inet_pton(AF_INET6, text, bytes.data()), 1) << text;
  return kind_of_address(bytes);
}

TEST(AddressKindTest, TellsTheInternetFromWhatIsNearAndWhatIsNeverMeant) {
  for (const auto* address :
       {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0",
        "169.253.255.255", "223.255.255.255", "2606:4700::1111", "3fff:ffff::1"})
    EXPECT_EQ(kind_of(address), AddressKind::open) << address;
  for (const auto* address :
       {"127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "198.18.0.1", "::1", "fd12::1", "fc00::1", "fec0::1"})
    EXPECT_EQ(kind_of(address), AddressKind::own) << address;
  for (const auto* address : {"0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "100.100.100.200",
                              "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "::", "fe80::1",
                              "febf::1", "ff02::1", "fd00:ec2::254", "2001:db8::1", "4000::1"})
    EXPECT_EQ(kind_of(address), AddressKind::forbidden) << address;
}

TEST(AddressKindTest, AnAddressThatStandsForAnIpv4OneIsWhatThatIs) {
  EXPECT_EQ(kind_of("::ffff:127.0.0.1"), AddressKind::own);
  EXPECT_EQ(kind_of("::ffff:169.254.169.254"), AddressKind::forbidden);
  EXPECT_EQ(kind_of("::ffff:8.8.8.8"), AddressKind::open);
  EXPECT_EQ(kind_of("64:ff9b::a9fe:a9fe"), AddressKind::forbidden);
  EXPECT_EQ(kind_of("64:ff9b::a00:1"), AddressKind::own);
  EXPECT_EQ(kind_of("2002:a9fe:a9fe::"), AddressKind::forbidden);
  EXPECT_EQ(kind_of("2002:7f00:1::"), AddressKind::own);
}

}  // namespace
}  // namespace cloudcart::http
