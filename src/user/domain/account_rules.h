#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/json_reader.h"
#include "core/result.h"

namespace cloudcart::user {

constexpr std::size_t max_email_bytes = 254;  ///< RFC 5321, a path without its brackets
constexpr std::size_t min_password_characters = 8;
constexpr std::size_t max_password_bytes =
    72;  ///< bcrypt takes no more; a silent cut would weaken what was chosen

constexpr TextRule email_rule{.min = 1, .max = max_email_bytes};
constexpr TextRule name_rule{.min = 2, .max = 100};
constexpr TextRule password_rule{.min = 1, .trimmed = false};

/// What is wrong with an e-mail address, or nothing. A plain address is asked for: local part and domain of
/// ASCII without quotes or comments, so that equal addresses are equal texts but for their case.
std::optional<std::string> email_violation(std::string_view email);
/// What makes two addresses the same: case does not count.
std::string email_key(std::string_view email);

/// What is wrong with a new password, or nothing.
std::optional<std::string> password_violation(std::string_view password);

Error email_taken();
Error account_deactivated();
/// Somebody else was quicker.
Error account_changed();

}  // namespace cloudcart::user
