#include "adapters/files/store/replace_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace cloudcart::files {
namespace {

bool write_beside(const std::filesystem::path& beside, std::string_view bytes) {
  Descriptor out(beside, O_WRONLY | O_CREAT | O_TRUNC);
  return out.is_open() && out.write_all(bytes) && out.sync() && out.close();
}

}  // namespace

Descriptor::Descriptor(const std::filesystem::path& path, int flags)
    : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}

bool Descriptor::write_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(number_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool Descriptor::sync() const {
  return ::fsync(number_) == 0;
}

ssize_t Descriptor::read_at(std::span<char> buffer, std::uint64_t offset) const {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t got =
        ::pread(number_, buffer.data() + filled, buffer.size() - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return got;
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(filled);
}

bool Descriptor::close() {
  return number_ < 0 || ::close(std::exchange(number_, -1)) == 0;
}

Error failed_file(const char* what, const std::filesystem::path& path) {
  const auto why = std::generic_category().message(errno);
  return {ErrorCode::unavailable, fmt::format("Cannot {} {}: {}.", what, path.string(), why), {}};
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

bool sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY);
  return opened.is_open() && opened.sync();
}

Status replace_file(const std::filesystem::path& file, std::string_view bytes) {
  auto beside = file;
  beside += ".new";
  const auto failed = [&] { return fail(failed_file("write", file)); };
  if (!write_beside(beside, bytes)) {
    const auto error = failed();
    ::unlink(beside.c_str());
    return error;
  }
  if (std::rename(beside.c_str(), file.c_str()) != 0) return failed();
  if (!sync_folder(folder_of(file))) return failed();
  return {};
}

}  // namespace cloudcart::files
