#include "adapters/bcrypt/user/bcrypt_password_hasher.h"

#include <gtest/gtest.h>

namespace cloudcart::bcrypt {
namespace {

constexpr auto no_deadline = Deadline::max();

class BcryptTest : public testing::Test {
 protected:
  OffloadPool pool{"bcrypt-test", 1, 10};
  BcryptPasswordHasher hasher{pool, min_cost};

  std::string hash(std::string password) {
    return sync_wait(hasher.hash(std::move(password), no_deadline)).value();
  }
  user::PasswordCheck verify(std::string password, std::string hash) {
    return sync_wait(hasher.verify(std::move(password), std::move(hash), no_deadline)).value();
  }
};

TEST_F(BcryptTest, TakesTheRightPasswordOnly) {
  const auto stored = hash("correct horse");
  EXPECT_TRUE(stored.starts_with("$2b$04$")) << stored;
  EXPECT_EQ(stored.size(), 60U);
  EXPECT_TRUE(verify("correct horse", stored).matches);
  EXPECT_FALSE(verify("correct horsf", stored).matches);
  EXPECT_FALSE(verify("", stored).matches);
  EXPECT_NE(hash("correct horse"), stored) << "each hash has its own salt";
}

TEST_F(BcryptTest, ReadsWhatOtherProgramsWrote) {
  // From the test vectors of OpenBSD's bcrypt as published with jBCrypt.
  const std::string vector = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
  EXPECT_TRUE(
      verify("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC")
          .matches);
  EXPECT_TRUE(verify("abc", vector).matches);
  EXPECT_TRUE(verify("abc", vector).is_outdated);
}

TEST_F(BcryptTest, NothingIsCut) {
  const std::string longest(72, 'p');
  const auto stored = hash(longest);
  EXPECT_TRUE(verify(longest, stored).matches);
  EXPECT_FALSE(verify(longest + "x", stored).matches);
  EXPECT_FALSE(verify(std::string(71, 'p'), stored).matches);
  EXPECT_FALSE(verify(std::string("correct horse\0x", 15), hash("correct horse")).matches);
  EXPECT_THROW(hash(longest + "x"), std::logic_error);
}

TEST_F(BcryptTest, NoHashAndABrokenHashMatchNothing) {
  for (const auto* stored : {"", "*0", "*1", "x", "$2b$04$", "$2b$99$aaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_FALSE(verify("", stored).matches) << stored;
    EXPECT_FALSE(verify("correct horse", stored).matches) << stored;
  }
}

TEST_F(BcryptTest, AnotherCostIsOutdated) {
  BcryptPasswordHasher stronger(pool, min_cost + 1);
  const auto stored = hash("correct horse");
  EXPECT_FALSE(verify("correct horse", stored).is_outdated);
  const auto check = sync_wait(stronger.verify("correct horse", stored, no_deadline)).value();
  EXPECT_TRUE(check.matches);
  EXPECT_TRUE(check.is_outdated);
  EXPECT_FALSE(sync_wait(stronger.verify("wrong", stored, no_deadline)).value().is_outdated);
}

TEST_F(BcryptTest, NoHashTakesAsLongAsAWrongPassword) {
  BcryptPasswordHasher slow(pool, 9);
  const auto stored = sync_wait(slow.hash("correct horse", no_deadline)).value();
  const auto time_of = [&](const std::string& against) {
    auto best = MonotonicTime::duration::max();
    for (int i = 0; i < 5; ++i) {
      const auto before = std::chrono::steady_clock::now();
      EXPECT_FALSE(sync_wait(slow.verify("wrong horse", against, no_deadline)).value().matches);
      best = std::min(best, std::chrono::steady_clock::now() - before);
    }
    return std::chrono::duration<double>(best).count();
  };
  const double wrong = time_of(stored), unknown = time_of("");
  EXPECT_GT(unknown, wrong / 2);
  EXPECT_LT(unknown, wrong * 2);
}

TEST_F(BcryptTest, CostsOutOfBoundsAreRefused) {
  EXPECT_THROW(BcryptPasswordHasher(pool, 3), std::invalid_argument);
  EXPECT_THROW(BcryptPasswordHasher(pool, 17), std::invalid_argument);
}

}  // namespace
}  // namespace cloudcart::bcrypt
