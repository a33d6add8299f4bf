#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "adapters/sqlite/store/file_lock.h"
#include "promotion/ports/shop_source.h"

namespace cloudcart::promotion {

/// The files of a data folder. Holds their locks, so that nobody serves it meanwhile, and writes nothing into them. Its calls
/// do not wait for anything but the disk.
class SqliteShopSource final : public ShopSource {
 public:
  /// Throws InUse, which names the lock, and std::runtime_error with a sentence for the operator when the folder holds no
  /// shop or one of another version.
  explicit SqliteShopSource(const std::filesystem::path& folder);

  Task<Result<std::string>> fingerprint(Deadline deadline) override;
  Task<Result<std::int64_t>> count(const Table& table, Deadline deadline) override;
  std::unique_ptr<RowReader> read(const Table& table, std::optional<Batch> after) override;

 private:
  /// A file that is not there is one without rows.
  void open(const std::filesystem::path& file, const std::string& store);
  sqlite::Connection& connection_of(const Table& table);

  std::vector<std::unique_ptr<sqlite::FileLock>> locks_;
  std::map<std::string, sqlite::Connection, std::less<>> connections_;  ///< by store
};

}  // namespace cloudcart::promotion
