#pragma once

#include <functional>
#include <string>
#include <vector>

#include "runtime/offload_pool.h"
#include "user/ports/password_hasher.h"

namespace cloudcart::bcrypt {

constexpr int min_cost = 4;
constexpr int max_cost =
    16;  ///< some 4 s for one hash; more would only serve those who want to stall the service
constexpr int default_cost = 10;

/// bcrypt ($2b$) by libxcrypt.
class BcryptPasswordHasher final : public user::PasswordHasher {
 public:
  /// crypt(3): of a password by a hash or a setting; empty when that is none.
  using Crypt = std::function<std::string(const std::string& password, const std::string& setting)>;

  /// `pool` should be this hasher's own: one hash takes tens of milliseconds, which nothing else should wait
  /// for. `crypt` is libxcrypt's unless a test counts what is asked of it. Throws std::invalid_argument for a cost out of
  /// bounds.
  explicit BcryptPasswordHasher(OffloadPool& pool, int cost = default_cost, Crypt crypt = {});

  Task<Result<std::string>> hash(std::string password, Deadline deadline) override;
  Task<Result<user::PasswordCheck>> verify(std::string password, std::string hash,
                                           Deadline deadline) override;

 private:
  bool matches_in_even_time(const std::string& password, const std::string& hash) const;
  const std::string& dummy(int cost) const;

  OffloadPool& pool_;
  const int cost_;
  const Crypt crypt_;
  const std::string prefix_;  ///< "$2b$10$"
  std::vector<std::string>
      dummies_;  ///< settings of all costs up to today's, hashed for the time that it takes
};

}  // namespace cloudcart::bcrypt
