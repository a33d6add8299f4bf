#include "adapters/files/recommendation/file_model_snapshots.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cloudcart::recommendation {
namespace {

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return fd_ >= 0; }
  int get() const { return fd_; }
  bool close() { return fd_ < 0 || ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

std::unexpected<Error> failed(std::string_view what, const std::filesystem::path& path) {
  return fail(ErrorCode::unavailable, fmt::format("{} {}: {}", what, path.string(), std::strerror(errno)));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Status replace(const std::filesystem::path& path, std::string_view bytes) {
  auto beside = path;
  beside += ".new";
  Descriptor file(beside, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open()) return failed("Cannot write", beside);
  if (!write_all(file.get(), bytes) || ::fsync(file.get()) != 0 || !file.close()) {
    const auto error = failed("Cannot write", beside);
    ::unlink(beside.c_str());
    return error;
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed("Cannot rename to", path);
  const Descriptor folder(path.parent_path(), O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || ::fsync(folder.get()) != 0)
    return failed("Cannot bring to disk", path.parent_path());
  return {};
}

Result<std::optional<std::string>> read_whole(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return std::nullopt;
  struct stat about{};
  if (!file.is_open() || ::fstat(file.get(), &about) != 0) return failed("Cannot read", path);
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("Cannot read", path);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

Task<Status> FileModelSnapshots::save(std::string bytes, Deadline deadline) {
  co_return co_await pool_.run(deadline, [this, held = std::move(bytes)] { return replace(file_, held); });
}

Task<Result<std::optional<std::string>>> FileModelSnapshots::load(Deadline deadline) {
  co_return co_await pool_.run(deadline, [this] { return read_whole(file_); });
}

}  // namespace cloudcart::recommendation
