#include "adapters/sqlite/store/file_lock.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/text.h"

namespace cloudcart::sqlite {

FileLock::FileLock(const std::filesystem::path& path)
    : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0)
    throw std::runtime_error(
        fmt::format("Cannot open the lock {}: {}.", path.string(), std::strerror(errno)));
  if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const auto got = pread(descriptor_, holder, sizeof holder - 1, 0);
    close(descriptor_);
    const std::string pid{trim(std::string_view{holder, got > 0 ? static_cast<std::size_t>(got) : 0})};
    throw InUse(fmt::format(
        "The data folder is in use: process {} holds the lock {}. Stop it first, or use another --data-dir.",
        pid.empty() ? "(unknown)" : pid, path.string()));
  }
  const std::string pid = fmt::format("{}\n", getpid());
  // The process id only helps people; the lock holds without it.
  if (ftruncate(descriptor_, 0) != 0 || pwrite(descriptor_, pid.data(), pid.size(), 0) < 0) return;
}

FileLock::~FileLock() {
  close(descriptor_);
}

}  // namespace cloudcart::sqlite
