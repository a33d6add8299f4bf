#include "adapters/files/store/staged_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace cloudcart::files {
namespace {

Error taken(const std::filesystem::path& file) {
  return {
      ErrorCode::conflict, fmt::format("{} is there already; it is not written over.", file.string()), {}};
}

/// Gives the file its name, if nobody has it.
bool link_to(const Descriptor& file, const std::filesystem::path& hidden,
             const std::filesystem::path& target) {
  if (!hidden.empty()) {
    if (::link(hidden.c_str(), target.c_str()) == 0) return ::unlink(hidden.c_str()) == 0;
    if (errno != EPERM && errno != EOPNOTSUPP) return false;
    // No hard links here.
    return ::renameat2(AT_FDCWD, hidden.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0;
  }
  const auto self = fmt::format("/proc/self/fd/{}", file.get());
  return ::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

}  // namespace

Result<StagedFile> StagedFile::create(std::filesystem::path target) {
  if (std::filesystem::exists(target)) return fail(taken(target));
  const auto folder = folder_of(target);
  if (Descriptor unnamed(folder, O_TMPFILE | O_RDWR); unnamed.is_open())
    return StagedFile(std::move(target), {}, std::move(unnamed));
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
    return fail(failed_file("write into", folder));
  auto hidden = folder / fmt::format(".{}.{}", target.filename().string(), ::getpid());
  Descriptor named(hidden, O_RDWR | O_CREAT | O_EXCL);
  if (!named.is_open()) return fail(failed_file("write", hidden));
  return StagedFile(std::move(target), std::move(hidden), std::move(named));
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : target_(std::move(other.target_)),
      hidden_(std::exchange(other.hidden_, {})),
      file_(std::move(other.file_)) {}

StagedFile::~StagedFile() {
  if (!hidden_.empty()) ::unlink(hidden_.c_str());
}

Status StagedFile::publish() {
  if (!file_.sync()) return fail(failed_file("write", target_));
  if (!link_to(file_, hidden_, target_)) {
    if (errno == EEXIST) return fail(taken(target_));
    return fail(failed_file("write", target_));
  }
  hidden_.clear();
  if (!sync_folder(folder_of(target_))) return fail(failed_file("write", target_));
  return {};
}

}  // namespace cloudcart::files
