#include "adapters/migrations/migrations.h"

#include <stdexcept>

#include <fmt/format.h>

#include "core/sha256.h"

namespace cloudcart::migrations {

bool is_name(std::string_view text) {
  constexpr std::size_t longest = 63;  // PostgreSQL cuts longer names
  return !text.empty() && text.size() <= longest &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos &&
         (text[0] < '0' || text[0] > '9');
}

void check_name(std::string_view what, const std::string& name) {
  if (!is_name(name))
    throw std::runtime_error(
        fmt::format("{} '{}' must be 1 to 63 of a-z, 0-9 and _, no digit first.", what, name));
}

std::vector<Outstanding> outstanding(std::span<const Migration> known,
                                     const std::map<int, std::string>& applied, std::string_view place) {
  const int newest = known.empty() ? 0 : known.back().version;
  if (!applied.empty() && applied.rbegin()->first > newest)
    throw std::runtime_error(fmt::format(
        "{} was written by a newer CloudCart (schema {}, this one knows {}). Start the newer version.", place,
        applied.rbegin()->first, newest));
  std::vector<Outstanding> left;
  for (const auto& migration : known) {
    auto sum = to_hex(sha256(migration.sql));
    const auto found = applied.find(migration.version);
    if (found == applied.end()) {
      left.push_back({migration, std::move(sum)});
    } else if (found->second != sum) {
      throw std::runtime_error(fmt::format(
          "Migration {} ({}) of {} was edited after it had been applied; add a new migration instead.",
          migration.version, migration.name, place));
    }
  }
  return left;
}

}  // namespace cloudcart::migrations
