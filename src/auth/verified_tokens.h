#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/token_codec.h"

namespace cloudcart::auth {

/// Access tokens whose form and signature have been verified lately: a client shows the same one with each
/// request, and looking it up costs a tenth of verifying it. Whether a token has expired or been revoked, or its key
/// is in force no more, is not kept; that is asked each time. Bounded: each token has one place, which it takes from another. Safe to
/// share between threads.
class VerifiedTokens {
 public:
  struct Known {
    AccessClaims claims;
    Timestamp good_until;
    std::uint64_t generation = 0;  ///< of the keys that it was verified by
  };
  using Entry = std::shared_ptr<const Known>;

  /// `places`: tokens kept at most.
  explicit VerifiedTokens(std::size_t places = 4096);

  /// Null when the token is not known.
  Entry find(std::string_view token) const;
  void add(std::string_view token, Entry claims);

 private:
  static constexpr std::size_t lock_count = 64;
  struct Place {
    std::string token;
    Entry claims;
  };

  std::size_t place_of(std::string_view token) const;

  std::vector<Place> places_;
  mutable std::array<std::mutex, lock_count> locks_;  ///< the place's number modulo lock_count
};

}  // namespace cloudcart::auth
