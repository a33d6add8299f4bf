#pragma once

#include <string>
#include <string_view>

namespace cloudcart::user {

/// 32 random bytes as 43 characters of base64url: a refresh token or a sign-in code.
std::string new_opaque_secret();

/// What is stored of it: SHA-256, 32 bytes. Enough for a text that cannot be guessed; passwords need bcrypt.
std::string hash_of_secret(std::string_view secret);

}  // namespace cloudcart::user
