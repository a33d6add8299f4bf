#include "adapters/bcrypt/user/bcrypt_password_hasher.h"

#include <array>
#include <memory>
#include <stdexcept>

#include <crypt.h>
#include <fmt/format.h>

#include "core/id_generator.h"
#include "core/text.h"

namespace cloudcart::bcrypt {
namespace {

constexpr std::string_view method = "$2b$";
constexpr std::size_t salt_bytes = 16;
constexpr std::size_t max_password_bytes = 72;

struct Scratch {
  crypt_data data{};
  ~Scratch() { explicit_bzero(&data, sizeof data); }
};

/// Empty when `setting` is none that libxcrypt knows.
std::string crypt_text(const std::string& password, const std::string& setting) {
  const auto scratch = std::make_unique<Scratch>();
  const char* result = crypt_r(password.c_str(), setting.c_str(), &scratch->data);
  // Failures come as null or as a text that starts with '*', which no hash does.
  if (!result || *result == '*') return {};
  return result;
}

std::string random_text(std::size_t size) {
  std::string bytes(size, '\0');
  random_bytes(bytes.data(), bytes.size());
  return bytes;
}

std::string hash_with_new_salt(const std::string& password, int cost) {
  const auto random = random_text(salt_bytes);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  if (!crypt_gensalt_rn(method.data(), static_cast<unsigned long>(cost), random.data(), salt_bytes,
                        setting.data(), setting.size()))
    throw std::runtime_error("This system's libcrypt cannot make bcrypt salts.");
  auto hash = crypt_text(password, setting.data());
  if (hash.empty()) throw std::runtime_error("This system's libcrypt cannot compute bcrypt.");
  return hash;
}

/// In a time that does not depend on where the texts differ.
bool equal_texts(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

/// bcrypt reads 72 bytes and stops at NUL: a text beyond that would match one that only begins like it.
bool is_cut_by_bcrypt(std::string_view password) {
  return password.size() > max_password_bytes || password.contains('\0');
}

int checked_cost(int cost) {
  if (cost >= min_cost && cost <= max_cost) return cost;
  throw std::invalid_argument(
      fmt::format("The bcrypt cost {} is not within {} and {}.", cost, min_cost, max_cost));
}

}  // namespace

BcryptPasswordHasher::BcryptPasswordHasher(OffloadPool& pool, int cost)
    : pool_(pool),
      cost_(checked_cost(cost)),
      prefix_(fmt::format("{}{:02}$", method, cost)),
      dummy_hash_(hash_with_new_salt(hex_encode(random_text(salt_bytes)), cost)) {}

Task<Result<std::string>> BcryptPasswordHasher::hash(std::string password, Deadline deadline) {
  if (is_cut_by_bcrypt(password)) throw std::logic_error("a password that bcrypt would cut was not refused");
  co_return co_await pool_.run(deadline,
                               [password = std::move(password), cost = cost_]() -> Result<std::string> {
                                 return hash_with_new_salt(password, cost);
                               });
}

Task<Result<user::PasswordCheck>> BcryptPasswordHasher::verify(std::string password, std::string hash,
                                                               Deadline deadline) {
  const bool can_match = !hash.empty() && !is_cut_by_bcrypt(password);
  if (!can_match) hash = dummy_hash_;
  co_return co_await pool_.run(deadline,
                               [this, can_match, password = std::move(password),
                                hash = std::move(hash)]() -> Result<user::PasswordCheck> {
                                 const bool equal = equal_texts(crypt_text(password, hash), hash);
                                 const bool matches = can_match && equal;
                                 return user::PasswordCheck{matches, matches && !hash.starts_with(prefix_)};
                               });
}

}  // namespace cloudcart::bcrypt
