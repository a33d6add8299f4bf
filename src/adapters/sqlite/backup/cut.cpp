#include "adapters/sqlite/backup/cut.h"

#include <chrono>

#include <fmt/format.h>

namespace cloudcart::backup {

using sqlite::Connection;
using sqlite::Failure;

Cut::Cut(const std::vector<std::filesystem::path>& stores) {
  for (const auto& store : stores) {
    held_.emplace_back(store.string(), Connection::Mode::reader);
    watching_.emplace_back(store.string(), Connection::Mode::reader);
  }
}

std::vector<std::int64_t> Cut::versions() {
  std::vector<std::int64_t> versions;
  versions.reserve(watching_.size());
  for (auto& connection : watching_) versions.push_back(connection.data_version());
  return versions;
}

/// A transaction sees the state of its first read.
void Cut::begin() {
  for (auto& connection : held_) {
    connection.prepare("BEGIN").run();
    connection.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").run();
  }
}

void Cut::end() {
  for (auto& connection : held_)
    if (connection.in_transaction()) connection.prepare("COMMIT").run();
}

void Cut::let_go(std::size_t index) {
  held_[index].prepare("COMMIT").run();
}

Result<Cut> Cut::take(const std::vector<std::filesystem::path>& stores, const ReadSmallFiles& read_small,
                      MonotonicTime deadline) {
  try {
    Cut cut(stores);
    // The first reads open files and fill caches; those that count are quick.
    cut.versions();
    cut.begin();
    cut.end();
    while (std::chrono::steady_clock::now() < deadline) {
      ++cut.attempts_;
      CLOUDCART_TRY(cut.small_, read_small());
      const auto before = cut.versions();
      cut.begin();
      const auto after = cut.versions();
      CLOUDCART_TRY(const auto small_after, read_small());
      if (before == after && cut.small_ == small_after) return cut;
      cut.end();
    }
  } catch (const Failure& failure) {
    return fail(ErrorCode::unavailable, fmt::format("A store cannot be read: {}.", failure.what()));
  }
  return fail(ErrorCode::unavailable,
              "The stores are written to without a pause: no moment was found at which all stood still. "
              "Nothing was written; try again.");
}

}  // namespace cloudcart::backup
