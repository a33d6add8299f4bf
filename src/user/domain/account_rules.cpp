#include "user/domain/account_rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart::user {
namespace {

constexpr std::size_t max_local_part_bytes = 64;
constexpr std::size_t max_label_bytes = 63;

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_atom_character(char c) {
  return is_letter_or_digit(c) || std::string_view{"!#$%&'*+/=?^_`{|}~-"}.contains(c);
}

bool is_local_part(std::string_view text) {
  if (text.size() > max_local_part_bytes) return false;
  return std::ranges::all_of(split(text, '.'), [](std::string_view atom) {
    return !atom.empty() && std::ranges::all_of(atom, is_atom_character);
  });
}

bool is_domain(std::string_view text) {
  return std::ranges::all_of(split(text, '.'), [](std::string_view label) {
    return !label.empty() && label.size() <= max_label_bytes && label.front() != '-' && label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
  });
}

}  // namespace

std::optional<std::string> email_violation(std::string_view email) {
  if (email.size() > max_email_bytes)
    return fmt::format("must be at most {} characters long", max_email_bytes);
  const auto at = email.find('@');
  if (at == std::string_view::npos || !is_local_part(email.substr(0, at)) || !is_domain(email.substr(at + 1)))
    return "must be an e-mail address like ada@example.com";
  return std::nullopt;
}

std::string email_key(std::string_view email) {
  return ascii_lower(email);
}

std::optional<std::string> password_violation(std::string_view password) {
  if (!is_valid_utf8(password)) return "must be valid UTF-8";
  if (password.contains('\0')) return "must not contain a NUL character";
  if (utf8_length(password) < min_password_characters)
    return fmt::format("must be at least {} characters long", min_password_characters);
  if (password.size() > max_password_bytes) {
    return fmt::format("must be at most {} bytes long in UTF-8; this one has {}", max_password_bytes,
                       password.size());
  }
  return std::nullopt;
}

Error email_taken() {
  return {ErrorCode::conflict, "This e-mail is taken.", {{"email", "is taken"}}};
}

Error account_deactivated() {
  return {ErrorCode::forbidden, "This account is deactivated.", {}};
}

Error account_changed() {
  return {ErrorCode::conflict, "The account was changed just now; try again.", {}};
}

}  // namespace cloudcart::user
