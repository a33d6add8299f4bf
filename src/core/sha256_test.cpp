#include "core/sha256.h"

#include <gtest/gtest.h>

namespace cloudcart {
namespace {

/// Of FIPS 180-4's examples.
constexpr auto of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256Test, IsThatOfTheStandard) {
  EXPECT_EQ(to_hex(sha256("abc")), of_abc);
  EXPECT_EQ(to_hex(sha256("")), of_nothing);
  EXPECT_EQ(to_bytes(sha256("abc")).substr(0, 4), "\xba\x78\x16\xbf");
}

TEST(Sha256Test, PiecesAreTheWhole) {
  Sha256Stream stream;
  for (const auto piece : {"a", "", "bc"}) stream.add(piece);
  EXPECT_EQ(to_hex(stream.take()), of_abc);
  EXPECT_EQ(to_hex(stream.take()), of_nothing) << "it begins anew";
}

/// Test cases 1, 2 and 6 of RFC 4231.
TEST(Sha256Test, HmacIsThatOfTheStandard) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(
      to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace cloudcart
