#include "http/client_address.h"

#include <gtest/gtest.h>

namespace cloudcart::http {
namespace {

AddressBlocks blocks(std::initializer_list<std::string_view> texts) {
  std::vector<AddressBlock> parsed;
  for (const auto text : texts) parsed.push_back(AddressBlock::parse(text).value());
  return AddressBlocks(std::move(parsed));
}

std::string client_of(std::string remote, std::initializer_list<std::string_view> forwarded,
                      const AddressBlocks& proxies) {
  Request request{.remote_address = std::move(remote)};
  for (const auto value : forwarded) request.headers.add("X-Forwarded-For", std::string{value});
  return client_address(request, proxies);
}

TEST(ClientAddress, BlocksHoldWhatHasTheirPrefix) {
  const auto some = blocks({"10.0.0.0/8", "192.0.2.64/26", "2001:db8::/33", "198.51.100.7"});
  for (const std::string_view inside :
       {"10.255.0.1", "::ffff:10.1.2.3", "192.0.2.64", "192.0.2.127", "2001:db8:7fff::1", "198.51.100.7"})
    EXPECT_TRUE(some.contains(inside)) << inside;
  for (const std::string_view outside : {"11.0.0.1", "192.0.2.128", "192.0.2.63", "2001:db8:8000::1",
                                         "198.51.100.8", "::a00:1", "", "10.0.0", "10.0.0.1 "})
    EXPECT_FALSE(some.contains(outside)) << outside;
  EXPECT_TRUE(blocks({"0.0.0.0/0"}).contains("203.0.113.9"));
  EXPECT_FALSE(blocks({"0.0.0.0/0"}).contains("2001:db8::1"));
  for (const auto* text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "::/129", "proxy", "10.1"})
    EXPECT_FALSE(AddressBlock::parse(text)) << text;
}

TEST(ClientAddress, NetworksAreTextsToCountBy) {
  EXPECT_EQ(network_of("203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(network_of("::ffff:203.0.113.5"), "203.0.113.5");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:2:ffff::"));
  EXPECT_NE(network_of("2001:db8:1:2::1"), network_of("2001:db8:1:3::1"));
  EXPECT_EQ(network_of("fe80::1%eth0"), "fe80::/64");
  EXPECT_EQ(network_of("unix"), "unix");
}

TEST(ClientAddress, OnlyATrustedProxyIsBelieved) {
  const auto proxies = blocks({"10.0.0.0/8"});
  EXPECT_EQ(client_of("203.0.113.5", {"198.51.100.1"}, proxies), "203.0.113.5");
  EXPECT_EQ(client_of("10.0.0.1", {"198.51.100.1"}, proxies), "198.51.100.1");
  EXPECT_EQ(client_of("10.0.0.1", {"198.51.100.1"}, {}), "10.0.0.1");
  EXPECT_EQ(client_of("10.0.0.1", {}, proxies), "10.0.0.1");
}

TEST(ClientAddress, TheLastThatIsNoProxyCounts) {
  const auto proxies = blocks({"10.0.0.0/8", "2001:db8:1::/48"});
  EXPECT_EQ(client_of("10.0.0.1", {"1.1.1.1, 198.51.100.1"}, proxies), "198.51.100.1");
  EXPECT_EQ(client_of("10.0.0.1", {"1.1.1.1, 198.51.100.1,10.0.0.9 , 2001:db8:1::5"}, proxies),
            "198.51.100.1");
  EXPECT_EQ(client_of("10.0.0.1", {"1.1.1.1", "198.51.100.1, 10.0.0.9"}, proxies), "198.51.100.1");
  EXPECT_EQ(client_of("10.0.0.1", {"10.0.0.3, 10.0.0.2"}, proxies), "10.0.0.3");
}

TEST(ClientAddress, WhatCannotBeReadEndsTheList) {
  const auto proxies = blocks({"10.0.0.0/8"});
  EXPECT_EQ(client_of("10.0.0.1", {"1.1.1.1, unknown, 10.0.0.2"}, proxies), "10.0.0.2");
  EXPECT_EQ(client_of("10.0.0.1", {"1.1.1.1, "}, proxies), "10.0.0.1");
  EXPECT_EQ(client_of("10.0.0.1", {"198.51.100.1:4711"}, proxies), "198.51.100.1");
  EXPECT_EQ(client_of("10.0.0.1", {"[2001:db8::7]:4711"}, proxies), "2001:db8::7");
  EXPECT_EQ(client_of("10.0.0.1", {"[2001:db8::7"}, proxies), "10.0.0.1");
}

TEST(ClientAddress, ASubscriberHasAWholeIpv6Network) {
  const auto network = [](std::string_view text) { return network_of(parse_address(text).value()); };
  EXPECT_EQ(network("2001:db8::1"), network("2001:db8::ffff:0:1"));
  EXPECT_NE(network("2001:db8::1"), network("2001:db8:0:1::1"));
  EXPECT_NE(network("192.0.2.1"), network("192.0.2.2"));
  EXPECT_EQ(network("192.0.2.1"), network("::ffff:192.0.2.1"));
}

}  // namespace
}  // namespace cloudcart::http
