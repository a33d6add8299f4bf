#include "adapters/files/recommendation/file_model_snapshots.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/files/store/replace_file.h"

namespace cloudcart::recommendation {
namespace {

Result<std::optional<std::string>> read_whole(const std::filesystem::path& path) {
  const auto failed = [&] {
    return fail(ErrorCode::unavailable,
                fmt::format("Cannot read {}: {}.", path.string(), std::generic_category().message(errno)));
  };
  const files::Descriptor file(path, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return std::nullopt;
  struct stat about{};
  if (!file.is_open() || ::fstat(file.get(), &about) != 0) return failed();
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed();
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

Task<Status> FileModelSnapshots::save(std::string bytes, Deadline deadline) {
  co_return co_await pool_.run(deadline,
                               [this, held = std::move(bytes)] { return files::replace_file(file_, held); });
}

Task<Result<std::optional<std::string>>> FileModelSnapshots::load(Deadline deadline) {
  co_return co_await pool_.run(deadline, [this] { return read_whole(file_); });
}

}  // namespace cloudcart::recommendation
