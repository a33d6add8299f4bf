#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/files/store/staged_file.h"
#include "adapters/sqlite/backup/cut.h"
#include "backup/manifest.h"
#include "core/result.h"

namespace cloudcart::app {

/// Told how far the work is, a few times a second or more; false breaks it off.
using BackupProgress = std::function<bool(const std::string& phase, std::uint64_t done, std::uint64_t total)>;

/// A data folder as it is at one moment, served or not, as one archive file: the cut is taken, each store copied beside the
/// archive and let go, and the archive written of the copies, read again and only then given its name. ADR 20 has why.
class FolderBackup {
 public:
  FolderBackup(std::filesystem::path folder, bool with_keys, BackupProgress progress);

  /// `file` must not be there. Errors: conflict when it is, not_found when the folder has no stores, unavailable when
  /// something cannot be read or written or it was broken off; nothing is left of it then.
  Result<backup::Manifest> write_to(const std::filesystem::path& file);

 private:
  Status find_stores();
  Result<backup::Cut::SmallFiles> read_small_files() const;
  Status describe(backup::Cut& cut);
  Status copy_stores(backup::Cut& cut, const std::filesystem::path& beside);
  Result<files::Descriptor> copy_store(sqlite::Connection& store, const std::filesystem::path& scratch,
                                       std::uint64_t done);
  Status hash_copies();
  Status write_archive(const backup::Cut& cut, const files::StagedFile& archive);
  Status verify(const files::StagedFile& archive) const;

  const std::filesystem::path folder_;
  const bool with_keys_;
  const BackupProgress progress_;
  std::vector<std::string> stores_;
  std::vector<files::Descriptor> copies_;  ///< in the order of stores_
  backup::Manifest manifest_;
  std::uint64_t copied_ = 0;  ///< bytes of all copies together
};

/// The schema of each store that a data folder may have, as this program knows it; 0 for another file.
int known_schema(const std::string& file);

}  // namespace cloudcart::app
