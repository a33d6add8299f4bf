#include "user/domain/account_rules.h"

#include <gtest/gtest.h>

#include "user/domain/user.h"

namespace cloudcart::user {
namespace {

TEST(EmailTest, PlainAddressesAreTaken) {
  for (const auto* email : {"ada@example.com", "a@b", "first.last+tag@sub.example.co.uk",
                            "o'brien@example.com", "ADA@EXAMPLE.COM", "1@2.3"})
    EXPECT_FALSE(email_violation(email)) << email;
  EXPECT_FALSE(email_violation(std::string(64, 'a') + "@" + std::string(63, 'b') + ".com"));
}

TEST(EmailTest, EverythingElseIsRefused) {
  for (const auto* email : {"",
                            "@",
                            "ada",
                            "ada@",
                            "@example.com",
                            "a b@example.com",
                            "ada@exa mple.com",
                            "one@two@example.com",
                            ".ada@example.com",
                            "ada.@example.com",
                            "a..b@example.com",
                            "ada@example..com",
                            "ada@.com",
                            "ada@com.",
                            "ada@-example.com",
                            "ada@example-.com",
                            "\"ada\"@example.com",
                            "ada@[127.0.0.1]",
                            "ada@exämple.com",
                            "äda@example.com",
                            "ada@example.com\n",
                            "<ada@example.com>",
                            "ada@example.com,eve@example.com"})
    EXPECT_TRUE(email_violation(email)) << email;
  EXPECT_TRUE(email_violation(std::string_view("ada\0@example.com", 16)));
  EXPECT_TRUE(email_violation(std::string(65, 'a') + "@example.com"));
  EXPECT_TRUE(email_violation("ada@" + std::string(64, 'b') + ".com"));
  std::string long_domain;
  while (long_domain.size() < 250) long_domain += "abcdefghi.";
  EXPECT_TRUE(email_violation("ada@" + long_domain + "com"));
}

TEST(EmailTest, CaseDoesNotCount) {
  EXPECT_EQ(email_key("Ada@Example.COM"), email_key("aDA@example.com"));
}

TEST(PasswordTest, LengthCountsCharactersBelowAndBytesAbove) {
  EXPECT_TRUE(password_violation("1234567"));
  EXPECT_FALSE(password_violation("12345678"));
  EXPECT_TRUE(password_violation("ééééééé")) << "seven characters, fourteen bytes";
  EXPECT_FALSE(password_violation("éééééééé"));
  EXPECT_FALSE(password_violation(std::string(72, 'p')));
  EXPECT_TRUE(password_violation(std::string(73, 'p')));
  std::string wide;
  for (int i = 0; i < 37; ++i) wide += "é";
  EXPECT_TRUE(password_violation(wide)) << "37 characters, 74 bytes";
}

TEST(PasswordTest, WhatBcryptWouldCutIsRefused) {
  EXPECT_TRUE(password_violation(std::string_view("12345678\0secret", 15)));
  EXPECT_TRUE(password_violation("12345678\xff"));
}

TEST(AccountChangeTest, KnowsWhetherAnythingChangesAndWhoMustSignInAgain) {
  const User user{.role = Role::staff, .password_hash = "hash"};
  EXPECT_FALSE(AccountChange{}.changes(user));
  EXPECT_FALSE(
      (AccountChange{.role = Role::staff, .is_active = true, .password_hash = "hash"}.changes(user)));
  EXPECT_TRUE(AccountChange{.role = Role::admin}.changes(user));
  EXPECT_TRUE(AccountChange{.is_active = false}.changes(user));
  EXPECT_FALSE(AccountChange{.role = Role::admin}.ends_sessions());
  EXPECT_FALSE(AccountChange{.is_active = true}.ends_sessions());
  EXPECT_TRUE(AccountChange{.is_active = false}.ends_sessions());
  EXPECT_TRUE(AccountChange{.password_hash = "new"}.ends_sessions());
}

TEST(AccountChangeTest, RightsOnlyGrowNewerWhateverTheClockSays) {
  User user{.rights_since = from_unix_ms(1'000), .updated_at = from_unix_ms(1'000)};
  apply(AccountChange{.role = Role::admin}, from_unix_ms(5'000), user);
  EXPECT_EQ(user.role, Role::admin);
  EXPECT_EQ(user.rights_since, from_unix_ms(5'000));
  apply(AccountChange{.role = Role::staff}, from_unix_ms(10), user);
  EXPECT_EQ(user.rights_since, from_unix_ms(5'001));
  EXPECT_EQ(user.updated_at, from_unix_ms(5'000));
}

TEST(ProfileChangeTest, KeepsWhatIsLeftOutAndTheRights) {
  User user{.email = "ada@example.com", .first_name = "Ada", .rights_since = from_unix_ms(1)};
  apply(ProfileChange{.first_name = "Augusta"}, from_unix_ms(9), user);
  EXPECT_EQ(user.first_name, "Augusta");
  EXPECT_EQ(user.email, "ada@example.com");
  EXPECT_EQ(user.updated_at, from_unix_ms(9));
  EXPECT_EQ(user.rights_since, from_unix_ms(1));
}

}  // namespace
}  // namespace cloudcart::user
