#include "auth/verified_tokens.h"

#include <algorithm>
#include <functional>

#include <openssl/crypto.h>

namespace cloudcart::auth {

VerifiedTokens::VerifiedTokens(std::size_t places) : places_(std::max<std::size_t>(places, 1)) {}

std::size_t VerifiedTokens::place_of(std::string_view token) const {
  return std::hash<std::string_view>{}(token) % places_.size();
}

VerifiedTokens::Entry VerifiedTokens::find(std::string_view token) const {
  const auto number = place_of(token);
  const std::scoped_lock lock(locks_[number % lock_count]);
  const auto& place = places_[number];
  // In constant time: how far a forged token agrees with a good one must not show.
  if (place.token.size() != token.size() ||
      CRYPTO_memcmp(place.token.data(), token.data(), token.size()) != 0)
    return nullptr;
  return place.claims;
}

void VerifiedTokens::add(std::string_view token, Entry claims) {
  const auto number = place_of(token);
  Place fresh{std::string{token}, std::move(claims)};
  const std::scoped_lock lock(locks_[number % lock_count]);
  std::swap(places_[number], fresh);
}

}  // namespace cloudcart::auth
