#include "adapters/compression/import/file_bytes.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cloudcart::history {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} * 1024;

std::unexpected<Error> cannot_read(const std::string& name, int error) {
  return fail(error == ENOENT || error == ENOTDIR ? ErrorCode::not_found : ErrorCode::unavailable,
              "Cannot read " + name + ": " + std::generic_category().message(error) + ".");
}

}  // namespace

Result<FileBytes> FileBytes::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return cannot_read(path.string(), errno);
  struct stat status{};
  if (fstat(descriptor, &status) != 0 || S_ISDIR(status.st_mode)) {
    const int error = S_ISDIR(status.st_mode) ? EISDIR : errno;
    ::close(descriptor);
    return cannot_read(path.string(), error);
  }
  // A hint; reading goes well without it.
  posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  return FileBytes(descriptor, static_cast<std::uint64_t>(status.st_size), path.string());
}

FileBytes::FileBytes(int descriptor, std::uint64_t size, std::string name)
    : descriptor_(descriptor), size_(size), name_(std::move(name)), buffer_(buffer_bytes) {}

FileBytes::FileBytes(FileBytes&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_),
      read_(other.read_) {}

FileBytes::~FileBytes() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string_view> FileBytes::peek(std::size_t at_least) {
  if (end_ - begin_ < at_least) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  while (end_ - begin_ < at_least) {
    const ssize_t got = ::read(descriptor_, buffer_.data() + end_, buffer_.size() - end_);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(name_, errno);
    if (got == 0) break;
    end_ += static_cast<std::size_t>(got);
    read_ += static_cast<std::size_t>(got);
  }
  return std::string_view{buffer_.data() + begin_, end_ - begin_};
}

}  // namespace cloudcart::history
