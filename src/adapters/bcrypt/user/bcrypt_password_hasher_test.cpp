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

TEST_F(BcryptTest, EveryCheckIsTheWorkOfOneHashOfTodaysCost) {
  constexpr int today = 8;
  // As libxcrypt works: a hash of cost c is 2^c rounds, a text that it does not know is none.
  int rounds = 0;
  const auto counting = [&](const std::string&, const std::string& setting) -> std::string {
    if (setting.size() < 29 || !setting.starts_with("$2")) return {};
    rounds += 1 << std::stoi(setting.substr(4, 2));
    return setting + "computed";
  };
  BcryptPasswordHasher counted(pool, today, counting);
  const std::string salt_and_hash(53, 'a');
  for (const auto& stored :
       {std::string{}, std::string{"*0"}, std::string{"x"}, std::string{"$2b$04$"}, "$2b$04$" + salt_and_hash,
        "$2a$05$" + salt_and_hash, "$2y$07$" + salt_and_hash, "$2b$08$" + salt_and_hash}) {
    for (const auto& password : {std::string{"wrong"}, std::string(73, 'p')}) {
      rounds = 0;
      EXPECT_FALSE(sync_wait(counted.verify(password, stored, no_deadline)).value().matches);
      EXPECT_EQ(rounds, 1 << today) << "'" << stored << "' against " << password;
    }
  }
}

TEST_F(BcryptTest, CostsOutOfBoundsAreRefused) {
  EXPECT_THROW(BcryptPasswordHasher(pool, 3), std::invalid_argument);
  EXPECT_THROW(BcryptPasswordHasher(pool, 17), std::invalid_argument);
}

}  // namespace
}  // namespace cloudcart::bcrypt
