#pragma once

#include "user/ports/password_hasher.h"

namespace cloudcart::memory {

/// For tests and simulations: no protection at all, in no time. Hashes of another `cost` count as outdated.
class PlainPasswordHasher final : public user::PasswordHasher {
 public:
  explicit PlainPasswordHasher(int cost = 1) : prefix_("plain" + std::to_string(cost) + ":") {}

  Task<Result<std::string>> hash(std::string password, Deadline) override { co_return prefix_ + password; }
  Task<Result<user::PasswordCheck>> verify(std::string password, std::string hash, Deadline) override {
    const bool matches = !hash.empty() && hash.substr(hash.find(':') + 1) == password;
    co_return user::PasswordCheck{matches, matches && !hash.starts_with(prefix_)};
  }

 private:
  const std::string prefix_;
};

}  // namespace cloudcart::memory
