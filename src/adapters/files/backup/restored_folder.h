#pragma once

#include <filesystem>
#include <functional>

#include "adapters/files/store/replace_file.h"
#include "backup/manifest.h"
#include "core/result.h"

namespace cloudcart::backup {

/// A data folder that is made of a backup beside the place where it is to be, under a hidden name, and put there in one step.
/// What was not put there is removed with the object.
class RestoredFolder {
 public:
  /// conflict unless `target` is not there, or is an empty folder.
  static Status check(const std::filesystem::path& target);
  /// `target` as check() has it. Fails with conflict when it is not, with unavailable when nothing can be made beside it.
  static Result<RestoredFolder> create(const std::filesystem::path& target);
  RestoredFolder(RestoredFolder&& other) noexcept;
  RestoredFolder& operator=(RestoredFolder&&) = delete;
  ~RestoredFolder();

  /// Where the files are meanwhile.
  const std::filesystem::path& path() const { return path_; }
  /// Reads the archive anew and writes each file, for its owner alone, to the disk. `go_on(bytes so far)`: false breaks off.
  Status unpack(const files::Descriptor& archive, const std::function<bool(std::int64_t)>& go_on);
  /// Errors as create(); unavailable as well when the target is a mount point.
  Status put_in_place();

 private:
  RestoredFolder(std::filesystem::path target, std::filesystem::path path)
      : target_(std::move(target)), path_(std::move(path)) {}

  std::filesystem::path target_, path_;
};

}  // namespace cloudcart::backup
