#include "adapters/bcrypt/user/bcrypt_password_hasher.h"

#include <array>
#include <charconv>
#include <memory>
#include <optional>
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

std::string new_setting(int cost) {
  const auto random = random_text(salt_bytes);
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  if (!crypt_gensalt_rn(method.data(), static_cast<unsigned long>(cost), random.data(), salt_bytes,
                        setting.data(), setting.size()))
    throw std::runtime_error("This system's libcrypt cannot make bcrypt salts.");
  return setting.data();
}

/// Of "$2b$10$…" and its older kinds; nullopt for what is no bcrypt.
std::optional<int> cost_of(std::string_view hash) {
  if (!hash.starts_with("$2") || hash.size() < method.size() + 3) return std::nullopt;
  int cost = 0;
  const auto* digits = hash.data() + method.size();
  const auto [end, failure] = std::from_chars(digits, digits + 2, cost);
  if (failure != std::errc{} || end != digits + 2) return std::nullopt;
  return cost;
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

BcryptPasswordHasher::BcryptPasswordHasher(OffloadPool& pool, int cost, Crypt crypt)
    : pool_(pool),
      cost_(checked_cost(cost)),
      crypt_(crypt ? std::move(crypt) : Crypt{crypt_text}),
      prefix_(fmt::format("{}{:02}$", method, cost)) {
  for (int each = min_cost; each <= cost; ++each) dummies_.push_back(new_setting(each));
}

Task<Result<std::string>> BcryptPasswordHasher::hash(std::string password, Deadline deadline) {
  if (is_cut_by_bcrypt(password)) throw std::logic_error("a password that bcrypt would cut was not refused");
  co_return co_await pool_.run(deadline, [this, password = std::move(password)]() -> Result<std::string> {
    auto hash = crypt_(password, new_setting(cost_));
    if (hash.empty()) throw std::runtime_error("This system's libcrypt cannot compute bcrypt.");
    return hash;
  });
}

Task<Result<user::PasswordCheck>> BcryptPasswordHasher::verify(std::string password, std::string hash,
                                                               Deadline deadline) {
  co_return co_await pool_.run(
      deadline,
      [this, password = std::move(password), hash = std::move(hash)]() -> Result<user::PasswordCheck> {
        const bool matches = matches_in_even_time(password, hash);
        return user::PasswordCheck{matches, matches && !hash.starts_with(prefix_)};
      });
}

/// The work doubles with each cost: a hash of cost c and dummies of c, c + 1 … up to one below today's make one of today's.
bool BcryptPasswordHasher::matches_in_even_time(const std::string& password, const std::string& hash) const {
  const bool can_match = !hash.empty() && !is_cut_by_bcrypt(password);
  const auto computed = can_match ? crypt_(password, hash) : std::string{};
  const auto cost = computed.empty() ? std::nullopt : cost_of(hash);
  if (cost) {
    for (int each = *cost; each < cost_; ++each) crypt_(password, dummy(each));
  } else {
    crypt_(password, dummy(cost_));
  }
  return !computed.empty() && equal_texts(computed, hash);
}

const std::string& BcryptPasswordHasher::dummy(int cost) const {
  return dummies_.at(static_cast<std::size_t>(cost - min_cost));
}

}  // namespace cloudcart::bcrypt
