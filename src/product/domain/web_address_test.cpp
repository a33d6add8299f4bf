#include "product/domain/web_address.h"

#include <gtest/gtest.h>

namespace cloudcart::product {
namespace {

TEST(WebAddress, TakesHttpAndHttps) {
  for (const auto* address :
       {"https://img.example.com/teapot.jpg", "http://example.com", "HTTPS://EXAMPLE.COM/A",
        "http://localhost:8080/a", "https://example.com/a%20b.jpg?x=1&y=2#top", "http://192.0.2.1/a",
        "http://[2001:db8::1]:80/a", "https://example.com?x"})
    EXPECT_TRUE(is_web_address(address)) << address;
}

TEST(WebAddress, RefusesTheRest) {
  for (const auto* address : {"",
                              "not a url",
                              "nowhere",
                              "http://",
                              "http:///a",
                              "https://?x",
                              "javascript:alert(1)",
                              "javascript://example.com/%0aalert(1)",
                              "ftp://example.com/a.jpg",
                              "//example.com/a",
                              "http:example.com",
                              "http://a b.com/",
                              "http://example.com/a b",
                              "http://example.com/\"onerror=",
                              "http://example.com/<b>",
                              "http://example.com/%zz",
                              "http://example.com/%4",
                              "http://example.com\\@evil.com/",
                              "http://user:secret@example.com/",
                              "http://example.com:port/",
                              "http://example.com:123456/",
                              "http://.example.com/",
                              "http://example..com/",
                              "http://[::1/a",
                              "http://[]/a",
                              "http://[zz::1]/",
                              "https://example.com/\xC3\xA9.jpg",
                              "https://\xC3\xA9.com/"})
    EXPECT_FALSE(is_web_address(address)) << address;
}

}  // namespace
}  // namespace cloudcart::product
