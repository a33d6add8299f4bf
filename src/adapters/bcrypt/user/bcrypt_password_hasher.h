#pragma once

#include <string>

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
  /// `pool` should be this hasher's own: one hash takes tens of milliseconds, which nothing else should wait
  /// for. Throws std::invalid_argument for a cost out of bounds.
  explicit BcryptPasswordHasher(OffloadPool& pool, int cost = default_cost);

  Task<Result<std::string>> hash(std::string password, Deadline deadline) override;
  Task<Result<user::PasswordCheck>> verify(std::string password, std::string hash,
                                           Deadline deadline) override;

 private:
  OffloadPool& pool_;
  const int cost_;
  const std::string prefix_;      ///< "$2b$10$"
  const std::string dummy_hash_;  ///< of a password that nobody knows; verified where there is no hash
};

}  // namespace cloudcart::bcrypt
