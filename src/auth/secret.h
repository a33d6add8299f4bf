#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"

namespace cloudcart::auth {

/// At least 32 bytes: RFC 7518, section 3.2, asks for a key as long as the hash. Errors: validation_failed
/// with a sentence for the operator.
Status check_secret(std::string_view secret);

/// The key that signs tokens, from `<folder>/jwt.secret`; made there (32 random bytes as hex, mode 0600) when
/// there is none. Of several processes that start at once all get the same key. Throws std::runtime_error
/// with a sentence for the operator when the file cannot be read or made, is readable by others, or holds too
/// short a secret.
std::string load_or_create_secret(const std::filesystem::path& folder);

}  // namespace cloudcart::auth
