#include "adapters/files/backup/restored_folder.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include <fcntl.h>
#include <fmt/format.h>

#include "adapters/files/backup/archive_reader.h"

namespace cloudcart::backup {
namespace {

std::unexpected<Error> not_empty(const std::filesystem::path& target) {
  return fail(ErrorCode::conflict,
              fmt::format("{} is there and not empty. A backup is restored into a new folder; name one.",
                          target.string()));
}

}  // namespace

Status RestoredFolder::check(const std::filesystem::path& target) {
  std::error_code error;
  if (!std::filesystem::exists(target, error)) return {};
  if (std::filesystem::is_directory(target, error) && std::filesystem::is_empty(target, error)) return {};
  return not_empty(target);
}

Result<RestoredFolder> RestoredFolder::create(const std::filesystem::path& target) {
  CLOUDCART_CHECK(check(target));
  auto place = std::filesystem::absolute(target).lexically_normal();
  if (!place.has_filename()) place = place.parent_path();
  std::error_code error;
  std::filesystem::create_directories(place.parent_path(), error);
  auto beside =
      (place.parent_path() / fmt::format(".{}.restoring-XXXXXX", place.filename().string())).string();
  if (::mkdtemp(beside.data()) == nullptr) return fail(files::failed_file("make", beside));
  return RestoredFolder(std::move(place), std::move(beside));
}

RestoredFolder::RestoredFolder(RestoredFolder&& other) noexcept
    : target_(std::move(other.target_)), path_(std::exchange(other.path_, {})) {}

RestoredFolder::~RestoredFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Status RestoredFolder::unpack(const files::Descriptor& archive,
                              const std::function<bool(std::int64_t)>& go_on) {
  std::optional<files::Descriptor> out;
  std::int64_t written = 0;
  const auto take = [&](const BackupFile& file, std::string_view piece, bool is_last) -> Status {
    const auto place = path_ / file.name;
    if (!out) out.emplace(place, O_WRONLY | O_CREAT | O_EXCL);
    if (!out->is_open() || !out->write_all(piece)) return fail(files::failed_file("write", place));
    written += static_cast<std::int64_t>(piece.size());
    if (!go_on(written)) return fail(ErrorCode::unavailable, "Broken off; nothing was restored.");
    if (!is_last) return {};
    if (!out->sync() || !out->close()) return fail(files::failed_file("write", place));
    out.reset();
    return {};
  };
  CLOUDCART_TRY(const auto manifest,
                read_archive(archive, [](const Manifest&) -> Status { return {}; }, take));
  static_cast<void>(manifest);
  return {};
}

Status RestoredFolder::put_in_place() {
  if (!files::sync_folder(path_)) return fail(files::failed_file("write", path_));
  if (std::rename(path_.c_str(), target_.c_str()) != 0) {
    if (errno == ENOTEMPTY || errno == EEXIST) return not_empty(target_);
    if (errno == EBUSY)
      return fail(
          ErrorCode::unavailable,
          fmt::format(
              "{} is a mount point, which no folder can take the place of. Restore into a folder within it.",
              target_.string()));
    return fail(files::failed_file("make", target_));
  }
  path_.clear();
  if (!files::sync_folder(target_.parent_path())) return fail(files::failed_file("write", target_));
  return {};
}

}  // namespace cloudcart::backup
